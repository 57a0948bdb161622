//! Headings in sanitised HTML. Its form is ammonia's own serialisation, so that tags are found by their text.

/// A heading element.
pub(crate) struct Heading {
    /// 1 to 6.
    pub(crate) level: u8,
    /// Where its start tag begins.
    pub(crate) start: usize,
    /// Just after its end tag.
    pub(crate) end: usize,
    /// Its plain text, white space folded.
    pub(crate) text: String,
}

/// The first heading at or after byte `from`.
pub(crate) fn next(html: &str, from: usize) -> Option<Heading> {
    let mut at = from;
    while let Some(found) = html.get(at..)?.find("<h") {
        let start = at + found;
        let rest = &html[start + 2..];
        at = start + 2;
        let level = match rest.as_bytes() {
            [d @ b'1'..=b'6', b'>' | b' ', ..] => d - b'0',
            _ => continue,
        };
        let close = format!("</h{level}>");
        let end = start + html[start..].find(&close)? + close.len();
        return Some(Heading { level, start, end, text: plain(&html[start..end]) });
    }
    None
}

/// The plain text of sanitised HTML, white space folded.
pub(crate) fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes the heading off a chapter that begins with one: its text, and the HTML without it.
pub(crate) fn take_leading(html: &str) -> (Option<String>, String) {
    match next(html, 0) {
        Some(h) if plain(&html[..h.start]).is_empty() && !html[..h.start].contains("<img") && !h.text.is_empty() => {
            (Some(h.text), format!("{}{}", &html[..h.start], &html[h.end..]))
        }
        _ => (None, html.to_owned()),
    }
}

/// How many words sanitised HTML has.
pub(crate) fn words(html: &str) -> u32 {
    u32::try_from(plain(html).split(' ').filter(|w| !w.is_empty()).count()).unwrap_or(u32::MAX)
}
