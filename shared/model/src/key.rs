//! The edge's KV keys. All fit the portable floor of 256 bytes.

/// A tenant's record, by host name without port, in lower case.
pub fn host(host: &str) -> String {
    format!("h/{host}")
}

/// A book's manifest, by slug.
pub fn manifest(tenant: &str, slug: &str) -> String {
    format!("m/{tenant}/{slug}")
}

/// A book's slug, by its id (a record whose JSON is a string).
pub fn book_id(tenant: &str, id: &str) -> String {
    format!("i/{tenant}/{id}")
}

/// Where the book went that was published under `slug`: a record whose JSON is its slug now. No slug is a UUID, so
/// that it is no [`book_id`].
pub fn moved(tenant: &str, slug: &str) -> String {
    format!("i/{tenant}/{slug}")
}

/// A shelf's head. `shelf` is `newest`, `tag/SLUG`, `author/SLUG` or `series/SLUG`.
pub fn shelf(tenant: &str, shelf: &str) -> String {
    format!("s/{tenant}/{shelf}")
}

/// A leaf of a shelf.
pub fn leaf(tenant: &str, shelf: &str, leaf: u64) -> String {
    format!("l/{tenant}/{shelf}/{leaf}")
}

/// A part of an object: parts of [`object::PART`](crate::object::PART) bytes, numbered from 0.
pub fn object(tenant: &str, sha256: &str, part: u32) -> String {
    if part == 0 { format!("o/{tenant}/{sha256}") } else { format!("o/{tenant}/{sha256}/{part}") }
}

/// A public file, by its bytes.
pub fn file(tenant: &str, sha256: &str) -> String {
    format!("f/{tenant}/{sha256}")
}

/// Whether the value under `key` is an object's (immutable, no version) and not a record's.
pub fn is_object(key: &str) -> bool {
    key.starts_with("o/")
}

/// The tenant whose value this is; `None` for a host's record.
pub fn tenant(key: &str) -> Option<&str> {
    let (kind, rest) = key.split_once('/')?;
    if kind == "h" { None } else { rest.split('/').next() }
}

/// Whether `key` is one that this module makes: of a known kind, at most 256 bytes of `a-z 0-9 . - / _`.
pub fn is_valid(key: &str) -> bool {
    (3..=256).contains(&key.len())
        && matches!(key.as_bytes(), [b'h' | b'm' | b'i' | b's' | b'l' | b'o' | b'f', b'/', ..])
        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-/_".contains(&b))
        && !key.split('/').any(|s| matches!(s, "" | "." | ".."))
}

/// The kinds of tenants' keys, `KIND/TENANT/…`: all but a host's.
///
/// ```
/// assert!(aw_model::key::kinds().any(|kind| kind == 'o') && aw_model::key::kinds().all(|kind| kind != 'h'));
/// ```
pub fn kinds() -> impl Iterator<Item = char> {
    ('a'..='z').filter(|kind| *kind != 'h' && is_valid(&format!("{kind}/t")))
}
