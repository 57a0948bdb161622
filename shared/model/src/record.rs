//! A record's bytes: its version in decimal, a line feed, its JSON; nothing after the line feed where it is deleted.
//!
//! The version travels in the value because the portable floor of KV has no metadata. A deleted record stays as a
//! tombstone, so that a late push cannot bring it back.

use serde::{Serialize, de::DeserializeOwned};

/// The bytes of a record. `None` is a tombstone.
///
/// # Errors
/// The value is not JSON.
pub fn encode<T: Serialize>(version: u64, value: Option<&T>) -> serde_json::Result<Vec<u8>> {
    Ok(join(version, &value.map(serde_json::to_string).transpose()?.unwrap_or_default()))
}

/// The bytes of a record whose value is written already; empty is a tombstone.
pub fn join(version: u64, json: &str) -> Vec<u8> {
    format!("{version}\n{json}").into_bytes()
}

/// A record's version and its JSON (empty for a tombstone); `None` where the bytes are no record.
///
/// ```
/// use aw_model::record;
/// assert_eq!(record::split(b"7\n{}"), Some((7, &b"{}"[..])));
/// assert_eq!(record::split(b"7\n"), Some((7, &b""[..])));
/// assert_eq!(record::split(b"{}"), None);
/// ```
pub fn split(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let end = bytes.iter().take(21).position(|b| *b == b'\n')?;
    let version = std::str::from_utf8(&bytes[..end]).ok()?.parse().ok()?;
    Some((version, &bytes[end + 1..]))
}

/// A record's version and value; the value is `None` for a tombstone.
///
/// # Errors
/// The bytes are no record of a `T`.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<(u64, Option<T>)> {
    let (version, json) = split(bytes).ok_or_else(|| serde::de::Error::custom("not a record"))?;
    Ok((version, if json.is_empty() { None } else { Some(serde_json::from_slice(json)?) }))
}
