//! JSON whose one long list has an element to a line, so that a reader finds one without reading the others: compact JSON
//! has no line feed of its own. To who reads all of it, it is JSON like any other.

use serde::Serialize;

/// `before`, the elements of `list`, `after`: `before` ends where the list opens, `after` begins where it closes.
pub(crate) fn write<T: Serialize>(before: &str, list: &[T], after: &str) -> serde_json::Result<String> {
    let lines: Vec<String> = list.iter().map(serde_json::to_string).collect::<serde_json::Result<_>>()?;
    let end = if lines.is_empty() { "" } else { "\n" };
    Ok([before, "\n", &lines.join(",\n"), end, after].concat())
}

/// What stands before the list, its lines, and what stands after; `None` where there are no lines.
pub(crate) fn split(json: &[u8]) -> Option<(&[u8], Lines<'_>, &[u8])> {
    let (first, last) = (memchr::memchr(b'\n', json)?, memchr::memrchr(b'\n', json)?);
    Some((&json[..first], Lines(&json[first + 1..=last]), &json[last + 1..]))
}

/// The elements of a list, as JSON, from either end.
#[derive(Clone, Debug)]
pub(crate) struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let end = memchr::memchr(b'\n', self.0)?;
        let line = &self.0[..end];
        self.0 = &self.0[end + 1..];
        Some(line.strip_suffix(b",").unwrap_or(line))
    }
}

impl<'a> DoubleEndedIterator for Lines<'a> {
    fn next_back(&mut self) -> Option<&'a [u8]> {
        let rest = self.0.strip_suffix(b"\n")?;
        let from = memchr::memrchr(b'\n', rest).map_or(0, |before| before + 1);
        self.0 = &rest[..from];
        let line = &rest[from..];
        Some(line.strip_suffix(b",").unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use super::{split, write};

    #[test]
    fn lines_come_back_from_either_end() {
        for list in [vec![], vec!["a"], vec!["a,\n", "\"]}", "ü"]] {
            let json = write("{\"a\":[", &list, "],\"b\":1}").expect("JSON");
            let (before, lines, after) = split(json.as_bytes()).expect("lines");
            assert_eq!((before, after), (&b"{\"a\":["[..], &b"],\"b\":1}"[..]));
            let read = |line: &[u8]| serde_json::from_slice::<String>(line).expect("a string");
            assert_eq!(lines.clone().map(read).collect::<Vec<_>>(), list);
            assert_eq!(lines.rev().map(read).collect::<Vec<_>>(), list.iter().copied().rev().collect::<Vec<_>>());
            assert_eq!(serde_json::from_str::<serde_json::Value>(&json).expect("JSON")["a"], serde_json::json!(list));
        }
        assert!(split(b"{}").is_none());
    }
}
