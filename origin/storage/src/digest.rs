//! A SHA-256 that is taken a piece at a time, with its state kept between the pieces.

use aw_platform::{Error, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use sha2::{Digest, Sha256, digest::common::hazmat::SerializableState};

/// The hash so far.
#[derive(Clone)]
pub(crate) struct Running(Sha256);

impl Running {
    /// Of no bytes.
    pub(crate) fn new() -> Self {
        Self(Sha256::new())
    }

    /// From its state; no bytes are that of no bytes.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn resume(state: &[u8]) -> Result<Self> {
        if state.is_empty() {
            return Ok(Self::new());
        }
        let broken = || Error::internal("the state of a hash cannot be read");
        let state = state.try_into().map_err(|_| broken())?;
        Sha256::deserialize(&state).map(Self).map_err(|_| broken())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Its state, to be kept.
    pub(crate) fn state(&self) -> Bytes {
        Bytes::copy_from_slice(&self.0.serialize())
    }

    /// The hash in lower-case hexadecimal.
    pub(crate) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, b| {
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

/// Lower-case hexadecimal as base64, the way S3 writes a checksum.
pub(crate) fn to_base64(sha256: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> =
        (0..sha256.len() / 2).map(|n| u8::from_str_radix(sha256.get(2 * n..2 * n + 2)?, 16).ok()).collect();
    Some(BASE64_STANDARD.encode(bytes?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_goes_on_where_it_stopped() {
        let text = b"the quick brown fox jumps over the lazy dog, and over 64 bytes of a block it goes on running";
        let whole = aw_origin_data::objects::sha256(text);
        for cut in [0, 1, 63, 64, 65, text.len()] {
            let mut first = Running::new();
            first.update(&text[..cut]);
            let mut second = Running::resume(&first.state()).unwrap();
            second.update(&text[cut..]);
            assert_eq!(second.finish(), whole, "{cut}");
        }
        assert!(Running::resume(b"x").is_err());
        assert_eq!(to_base64("00ff").as_deref(), Some("AP8="));
    }
}
