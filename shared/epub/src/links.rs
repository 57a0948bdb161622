//! Where links lead: to the web, or to a place in the book that must be there.

use std::collections::HashSet;

use url::Url;

use crate::node::Node;

/// Before the target of a link within the book until all places are known: no attribute can have it.
const OPEN: &str = "\u{0}";

/// The file of a chapter, by its index.
pub(crate) fn chapter_file(index: usize) -> String {
    format!("chapter-{}.xhtml", index + 1)
}

/// An author's id as XML can have it: a name of ASCII letters, digits and `- . _`. Others are written as numbers.
pub(crate) fn id(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars().take(200) {
        match c {
            c if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_') => out.push(c),
            c => out.push_str(&format!("_{:x}_", c as u32)),
        }
    }
    let named = out.starts_with(|c: char| c.is_ascii_alphabetic());
    (!out.is_empty()).then(|| if named { out } else { format!("i-{out}") })
}

/// A link as it is written in a chapter's HTML, for [`settle`]; `None` where it leads nowhere.
pub(crate) fn target(href: &str, chapter: usize, chapters: usize) -> Option<String> {
    let (path, fragment) = href.split_once('#').map_or((href, None), |(path, fragment)| (path, Some(fragment)));
    let there = match path.strip_prefix("chapter:") {
        Some(number) => number.parse().ok().filter(|n| *n < chapters)?,
        None if path.is_empty() => chapter,
        None => return web(href),
    };
    let fragment = fragment.and_then(id).map(|id| format!("#{id}")).unwrap_or_default();
    Some(format!("{OPEN}{there}{fragment}"))
}

/// An address of the web in the letters that RFC 3986 allows.
fn web(href: &str) -> Option<String> {
    let url = Url::parse(href).ok()?;
    if !matches!(url.scheme(), "http" | "https" | "mailto") || url.scheme() != "mailto" && url.host().is_none() {
        return None;
    }
    // Browsers take more than the RFC does, and url writes what browsers take. Brackets are for a host's address only.
    let authority = url.scheme().len() + 3 + url.authority().len();
    let (head, tail) = url.as_str().split_at_checked(if url.has_host() { authority } else { 0 })?;
    let mut out = head.to_owned();
    let (mut fragment, bytes) = (false, tail.as_bytes());
    for (n, &b) in bytes.iter().enumerate() {
        let hex = |n: usize| bytes.get(n).is_some_and(u8::is_ascii_hexdigit);
        let plain = match b {
            b'%' => hex(n + 1) && hex(n + 2),
            b'#' => !std::mem::replace(&mut fragment, true),
            b => b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&b),
        };
        if plain { out.push(char::from(b)) } else { out.push_str(&format!("%{b:02X}")) }
    }
    Some(out)
}

/// The ids in a chapter.
pub(crate) fn ids(nodes: &[Node], out: &mut HashSet<String>) {
    for node in nodes {
        if let Node::Element(element) = node {
            out.extend(element.attribute("id").map(str::to_owned));
            ids(&element.children, out);
        }
    }
}

/// Gives the links of a chapter their addresses, now that all places are known. One whose place is not there leads to
/// the chapter; one to a missing place of its own chapter is none any more.
pub(crate) fn settle(nodes: &mut [Node], chapter: usize, places: &[HashSet<String>]) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        if let Some(at) = element.attributes.iter().position(|(name, value)| name == "href" && value.starts_with(OPEN))
        {
            match address(&element.attributes[at].1[OPEN.len()..], chapter, places) {
                Some(address) => element.attributes[at].1 = address,
                None => {
                    element.attributes.remove(at);
                    element.name = "span".into();
                }
            }
        }
        settle(&mut element.children, chapter, places);
    }
}

fn address(target: &str, chapter: usize, places: &[HashSet<String>]) -> Option<String> {
    let (number, fragment) = target.split_once('#').map_or((target, None), |(n, f)| (n, Some(f)));
    let there: usize = number.parse().ok()?;
    let fragment = fragment.filter(|id| places.get(there).is_some_and(|ids| ids.contains(*id)));
    match fragment {
        Some(id) if there == chapter => Some(format!("#{id}")),
        Some(id) => Some(format!("{}#{id}", chapter_file(there))),
        None if there == chapter => None,
        None => Some(chapter_file(there)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_web_are_those_of_the_rfc() {
        for (from, to) in [
            ("https://Example.org/a b|c?x=[1]#y#z", Some("https://example.org/a%20b%7Cc?x=%5B1%5D#y%23z")),
            ("http://[::1]/", Some("http://[::1]/")),
            ("https://bücher.example/ü%zz", Some("https://xn--bcher-kva.example/%C3%BC%25zz")),
            ("mailto:a b@example.org", Some("mailto:a%20b@example.org")),
            ("https://", None),
            ("http://a b/", None),
            ("javascript:x", None),
        ] {
            assert_eq!(web(from).as_deref(), to, "{from}");
        }
    }

    #[test]
    fn ids_are_names() {
        assert_eq!(id("t-a b").as_deref(), Some("t-a_20_b"));
        assert_eq!(id("1").as_deref(), Some("i-1"));
        assert_eq!(id(""), None);
    }
}
