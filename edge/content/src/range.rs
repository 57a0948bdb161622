//! Ranges of bytes (RFC 9110, section 14): one at a time.

use http::{HeaderMap, header};

/// What a request asks for of a representation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    /// All of it: nothing else was asked for, or nothing that must be answered.
    Whole,
    /// The bytes `from..to`.
    Part { from: u64, to: u64 },
    /// 416: none of the bytes asked for is there.
    Unsatisfiable,
}

/// What of `size` bytes with this strong entity tag is asked for. Several ranges, other units and what cannot be read
/// are ignored, as section 14.2 allows; a range under an `If-Range` that does not hold is, too.
pub(crate) fn evaluate(headers: &HeaderMap, etag: &str, size: u64) -> Range {
    let mut values = headers.get_all(header::RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Range::Whole };
    // Only the entity tag can hold: no Last-Modified is ever sent.
    if headers.get(header::IF_RANGE).is_some_and(|tag| tag.as_bytes() != etag.as_bytes()) {
        return Range::Whole;
    }
    let asked =
        value.to_str().ok().and_then(|v| v.split_once('=')).filter(|(unit, _)| unit.eq_ignore_ascii_case("bytes"));
    asked.and_then(|(_, spec)| parse(spec.trim(), size)).unwrap_or(Range::Whole)
}

/// `FIRST-LAST`, `FIRST-` or `-COUNT`; `None` where it is none of them.
fn parse(spec: &str, size: u64) -> Option<Range> {
    let (first, last) = spec.split_once('-')?;
    let number = |s: &str| match s {
        "" => Some(None),
        _ if s.bytes().all(|b| b.is_ascii_digit()) => Some(Some(s.parse().unwrap_or(u64::MAX))),
        _ => None,
    };
    let (from, to) = match (number(first)?, number(last)?) {
        (Some(first), Some(last)) if last < first => return None,
        (Some(first), last) => (first, last.unwrap_or(u64::MAX).saturating_add(1).min(size)),
        (None, Some(count)) => (size.saturating_sub(count), size),
        (None, None) => return None,
    };
    Some(if from < to { Range::Part { from, to } } else { Range::Unsatisfiable })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(value: &'static str, size: u64) -> Range {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, value.parse().unwrap());
        evaluate(&headers, "\"x\"", size)
    }

    fn part(from: u64, to: u64) -> Range {
        Range::Part { from, to }
    }

    #[test]
    fn the_table() {
        for (value, size, expected) in [
            ("bytes=0-0", 10, part(0, 1)),
            ("bytes=2-5", 10, part(2, 6)),
            ("BYTES=2-5", 10, part(2, 6)),
            ("bytes= 2-5 ", 10, part(2, 6)),
            ("bytes=2-", 10, part(2, 10)),
            ("bytes=2-999", 10, part(2, 10)),
            ("bytes=2-99999999999999999999999", 10, part(2, 10)),
            ("bytes=-3", 10, part(7, 10)),
            ("bytes=-30", 10, part(0, 10)),
            ("bytes=10-", 10, Range::Unsatisfiable),
            ("bytes=99999999999999999999999-", 10, Range::Unsatisfiable),
            ("bytes=-0", 10, Range::Unsatisfiable),
            ("bytes=0-", 0, Range::Unsatisfiable),
            ("bytes=5-2", 10, Range::Whole),
            ("bytes=0-1,3-4", 10, Range::Whole),
            ("bytes=-", 10, Range::Whole),
            ("bytes=a-b", 10, Range::Whole),
            ("bytes=+1-2", 10, Range::Whole),
            ("lines=1-2", 10, Range::Whole),
            ("bytes", 10, Range::Whole),
        ] {
            assert_eq!(range(value, size), expected, "{value} of {size}");
        }
    }
}
