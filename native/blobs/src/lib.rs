//! An S3 server in a folder, for a machine that has no other: what presigning, multipart uploads and ranges need, so
//! that they take the same path here as against AWS.
//!
//! ```
//! use aw_s3::{Credentials, S3};
//! let dir = std::env::temp_dir().join(format!("aw-s3-doc-{}", std::process::id()));
//! let credentials = Credentials { access_key: "us".into(), secret_key: "a secret".into() };
//! let running = S3::start(&dir, ([127, 0, 0, 1], 0).into(), "books", credentials)?;
//! println!("http://{}/books", running.addr());
//! running.stop();
//! # std::fs::remove_dir_all(dir).ok();
//! # Ok::<(), String>(())
//! ```

mod server;

pub use server::{Credentials, Running, S3};
