//! Writing TOML by hand, so that the generated files have comments and an order that reads well.

/// A string, quoted.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A list of strings.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

/// The comment above every generated file: `what` says how it is used.
pub(super) fn heading(what: &str) -> String {
    let mut out = "# Generated from authorworks.toml by `cargo aw gen`: edit that, not this.\n#\n".to_owned();
    for line in what.lines() {
        out.push_str(if line.is_empty() { "#" } else { "# " });
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_quoted_is_read_back() {
        for text in ["", "plain", "a \"b\" \\ c", "line\nline", "Grüße"] {
            let read: toml::Table = toml::from_str(&format!("x = {}", super::quoted(text))).expect("TOML");
            assert_eq!(read["x"].as_str(), Some(text));
        }
    }
}
