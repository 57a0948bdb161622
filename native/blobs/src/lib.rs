//! An S3 server in a folder, for a machine that has no other: what presigning, multipart uploads, ranges and conditions
//! need, so that they take the same path here as against AWS.
//!
//! An object is a file and a row of an index; both are on disk before a write is acknowledged, and the row alone says
//! what is there. So an object is replaced whole or not at all, and what was acknowledged survives the machine.
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

mod api;
mod condition;
mod files;
mod index;
mod list;
mod multipart;
mod object;
mod receive;
mod server;
mod store;

pub use server::{Credentials, Running, S3};
