//! An S3 client over the platform's fetch: put, get, head, copy, delete, uploads in parts, and URLs that anyone
//! may use for a while.
//!
//! It speaks the REST API of the *Amazon S3 API Reference* with path-style addresses (`/BUCKET/KEY`) and Signature
//! Version 4, which AWS, R2, Ceph, MinIO and the embedded server all take.
#![allow(async_fn_in_trait)] // futures are !Send by design, as in aw-platform

mod blobs;
mod error;
mod list;
mod multipart;
mod name;
mod object;
mod presign;
mod stream;
mod xml;

pub use blobs::{Blobs, MOST};
pub use error::BlobError;
pub use list::{Listed, Listing};
pub use multipart::{Begun, Part, Parts};
pub use object::{Meta, Object};
pub use presign::{Served, Signed};
pub use stream::Upload;
