//! Everything signed: tokens, request signatures, sealed keys, presigned URLs. Nothing is signed anywhere else.
//!
//! All of it is HMAC-SHA-256 (RFC 2104) and its kin: it costs an edge microseconds of CPU, which is metered there.
//! No function reads a clock or makes randomness: the caller passes in what [`Platform`](aw_platform::Platform) gives.

pub mod compare;
pub mod csrf;
pub mod digest;
mod encoding;
pub mod key;
mod mac;
pub mod message;
pub mod refresh;
pub mod sealed;
pub mod sigv4;
pub mod token;

pub use key::Key;
