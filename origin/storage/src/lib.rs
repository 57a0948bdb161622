//! Files: uploaded straight to the object store, checked, linked, copied, deleted.
//!
//! A file is a row and an object. The row comes first and reserves its bytes of the quota; the object is written by
//! the client, to a presigned URL or through the resumable uploads of [tus](https://tus.io/protocols/resumable-upload);
//! nothing is a file until its size, type and SHA-256 have been checked against the bytes that stay. Whatever dies
//! between the steps, the next request or the sweep takes up: see `complete`.
#![allow(async_fn_in_trait)]

mod access;
mod assemble;
mod change;
mod complete;
mod copy;
mod create;
mod digest;
mod file;
mod lease;
mod link;
mod list;
mod media;
mod name;
mod operations;
mod public;
mod purge;
mod quota;
mod refusal;
mod remove;
mod service;
mod settle;
mod sweep;
mod tus;
mod upload;
mod verify;

pub use operations::operations;
pub use service::Storage;
