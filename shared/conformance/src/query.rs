//! Arguments in a query string: `name=value` pairs of unreserved characters, which need no decoding.

/// The value of `name` in `query`.
pub(crate) fn text<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The value of `name` in `query` as a number.
pub(crate) fn number(query: &str, name: &str) -> Option<u64> {
    text(query, name)?.parse().ok()
}
