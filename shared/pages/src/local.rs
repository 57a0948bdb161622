//! Paths to go back to: on this site and nowhere else.

/// `path`, where it is a path and query of this site that a `Location` can carry; else `/`.
///
/// ```
/// use aw_pages::local::or_home;
/// assert_eq!(or_home("/books/whale/3?x=1"), "/books/whale/3?x=1");
/// for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nb", "/\u{e9}", "/\t/evil.example"] {
///     assert_eq!(or_home(elsewhere), "/", "{elsewhere:?}");
/// }
/// ```
pub fn or_home(path: &str) -> &str {
    let rest = path.strip_prefix('/').unwrap_or("/");
    let ok = path.len() <= 2048 && !rest.starts_with('/') && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if ok { path } else { "/" }
}
