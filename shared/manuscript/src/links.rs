//! The two kinds of placeholder in a chapter's HTML, and their addresses.

/// Gives pictures and links between chapters their addresses: `asset:N` becomes `asset(N)`, `chapter:N` becomes
/// `chapter(N)` (a fragment behind it stays). The functions return text that needs no escaping in an attribute.
///
/// ```
/// let html = r#"<img src="asset:0"> <a href="chapter:2#note">chapter:2</a>"#;
/// let done = aw_manuscript::resolve(html, |n| format!("/a/{n}.png"), |n| format!("/books/x/{}", n + 1));
/// assert_eq!(done, r#"<img src="/a/0.png"> <a href="/books/x/3#note">chapter:2</a>"#);
/// ```
pub fn resolve(html: &str, asset: impl Fn(usize) -> String, chapter: impl Fn(usize) -> String) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    let kinds = [("src=\"asset:", 5), ("href=\"chapter:", 6)];
    while let Some((at, (mark, attribute))) =
        kinds.iter().filter_map(|k| rest.find(k.0).map(|at| (at, *k))).min_by_key(|(at, _)| *at)
    {
        let digits = &rest[at + mark.len()..];
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        out.push_str(&rest[..at]);
        // In sanitised HTML a quote in text is not escaped, but a tag always is: only inside a tag is it a mark.
        let inside_tag = rest[..at].rfind('<') > rest[..at].rfind('>') || out.rfind('<') > out.rfind('>');
        match digits[..length].parse() {
            Ok(index) if inside_tag => {
                out.push_str(&mark[..attribute]);
                out.push_str(&if attribute == 5 { asset(index) } else { chapter(index) });
            }
            _ => out.push_str(&rest[at..at + mark.len() + length]),
        }
        rest = &digits[length..];
    }
    out.push_str(rest);
    out
}

/// `base` (the path of a file in an archive) and a relative reference from it: the path that is meant, and its
/// fragment. `None` where it leads out of the archive or is no relative path.
pub(crate) fn relative(base: &str, reference: &str) -> Option<(String, Option<String>)> {
    let (path, fragment) = match reference.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment.to_owned()).filter(|f| !f.is_empty())),
        None => (reference, None),
    };
    let path = path.split('?').next().unwrap_or_default();
    if path.starts_with('/') || path.contains(':') || path.contains('\\') {
        return None;
    }
    if path.is_empty() {
        return Some((base.to_owned(), fragment));
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    let decoded = percent_decode(path)?;
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some((parts.join("/"), fragment))
}

fn percent_decode(path: &str) -> Option<String> {
    if !path.contains('%') {
        return Some(path.to_owned());
    }
    let mut out = Vec::new();
    let mut bytes = path.bytes();
    while let Some(b) = bytes.next() {
        out.push(if b == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            (digit()? * 16 + digit()?) as u8
        } else {
            b
        });
    }
    String::from_utf8(out).ok()
}
