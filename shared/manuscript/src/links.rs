//! The two kinds of placeholder in a chapter's HTML, and their addresses.

/// As [`resolve`], where links name chapters by their id: `chapter(ID)` is empty for one that readers do not have.
///
/// ```
/// let html = r#"<img src="asset:0"> <a href="chapter:0198-a#note">x</a>"#;
/// let done = aw_manuscript::resolve_ids(html, |n| format!("/a/{n}.png"), |id| format!("/books/x/{id}"));
/// assert_eq!(done, r#"<img src="/a/0.png"> <a href="/books/x/0198-a#note">x</a>"#);
/// ```
pub fn resolve_ids(html: &str, asset: impl Fn(usize) -> String, chapter: impl Fn(&str) -> String) -> String {
    let asset = |digits: &str| digits.parse().ok().map(&asset);
    substitute(html, [("src=\"asset:", 5, &asset), ("href=\"chapter:", 6, &|id: &str| Some(chapter(id)))])
}

/// Gives pictures and links between chapters their addresses: `asset:N` becomes `asset(N)`, `chapter:N` becomes
/// `chapter(N)` (a fragment behind it stays). The functions return text that needs no escaping in an attribute.
///
/// ```
/// let html = r#"<img src="asset:0"> <a href="chapter:2#note">chapter:2</a>"#;
/// let done = aw_manuscript::resolve(html, |n| format!("/a/{n}.png"), |n| format!("/books/x/{}", n + 1));
/// assert_eq!(done, r#"<img src="/a/0.png"> <a href="/books/x/3#note">chapter:2</a>"#);
/// ```
pub fn resolve(html: &str, asset: impl Fn(usize) -> String, chapter: impl Fn(usize) -> String) -> String {
    let asset = |digits: &str| digits.parse().ok().map(&asset);
    let chapter = |digits: &str| digits.parse().ok().map(&chapter);
    substitute(html, [("src=\"asset:", 5, &asset), ("href=\"chapter:", 6, &chapter)])
}

/// What begins a placeholder, how much of that stays, and what becomes of the name behind it.
type Kind<'a> = (&'static str, usize, &'a dyn Fn(&str) -> Option<String>);

fn substitute(html: &str, kinds: [Kind<'_>; 2]) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    // Where each kind occurs next, so that what there is none of is not looked for again.
    let mut next = kinds.map(|kind| html.find(kind.0));
    let mut at_rest = 0;
    while let Some((at, which)) = (0..2).filter_map(|k| next[k].map(|at| (at, k))).min() {
        let (mark, kept, address) = kinds[which];
        let at = at - at_rest;
        let name = &rest[at + mark.len()..];
        let length = name.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
        out.push_str(&rest[..at]);
        // In sanitised HTML a quote in text is not escaped, but a tag always is: only inside a tag is it a mark.
        let inside_tag = out.rfind('<') > out.rfind('>');
        match address(&name[..length]) {
            Some(address) if inside_tag => {
                out.push_str(&mark[..kept]);
                out.push_str(&address);
            }
            _ => out.push_str(&rest[at..at + mark.len() + length]),
        }
        rest = &name[length..];
        at_rest = html.len() - rest.len();
        next[which] = rest.find(mark).map(|at| at + at_rest);
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
