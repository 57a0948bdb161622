//! Forms and queries (`application/x-www-form-urlencoded`).

/// The value of the first field of that name in a query or a form.
pub fn field(text: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(text).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}

/// `text` as it may stand in a query.
pub fn escape(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
