//! Immutable objects: their parts, and the pieces of a chapter's JSON.

/// An object longer than this is kept in parts of this many bytes (the KV floor is 1,000,000).
pub const PART: u64 = 900_000;
/// The longest object that can be published, in bytes.
pub const MAX: u64 = 64 * 1024 * 1024;

/// How many parts an object of `size` bytes has; an empty object has one.
pub fn parts(size: u64) -> u32 {
    u32::try_from(size.div_ceil(PART).max(1)).unwrap_or(u32::MAX)
}

/// Whether `s` is a SHA-256 in lower-case hexadecimal.
pub fn is_sha256(s: &str) -> bool {
    s.len() == 64 && s.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
