//! Queries that ask for nonsense, and conditions and ranges that mean nothing.

use super::{
    Attack,
    judge::Expect::{self, Error, Page, Taken},
};
use crate::conform::wire::Reply;

const LIMIT: Expect = Error(400, "REQUEST_LIMIT_INVALID");
const CURSOR: Expect = Error(400, "REQUEST_CURSOR_INVALID");
const FILTER: Expect = Error(400, "REQUEST_FILTER_INVALID");
/// A range that cannot be read is ignored (RFC 9110, section 14.2).
const WHOLE: Expect = Taken(|reply| status(reply, 200));
const NOT_THERE: Expect = Taken(|reply| status(reply, 416));

fn status(reply: &Reply, wanted: u16) -> Result<(), String> {
    if reply.status() == wanted { Ok(()) } else { Err(format!("it is no {wanted}")) }
}

pub(super) fn attacks() -> Vec<Attack> {
    let queries: &[(&str, &str, Expect)] = &[
        ("limit-0", "limit=0", LIMIT),
        ("limit-101", "limit=101", LIMIT),
        ("limit-below-zero", "limit=-1", LIMIT),
        ("limit-with-a-plus", "limit=%2B5", LIMIT),
        ("limit-of-a-space", "limit=+5", LIMIT),
        ("limit-in-words", "limit=ten", LIMIT),
        ("limit-of-nothing", "limit=", LIMIT),
        ("limit-of-20-digits", "limit=99999999999999999999", LIMIT),
        ("limit-with-a-nul", "limit=5%00", LIMIT),
        ("cursor-of-nothing", "cursor=", CURSOR),
        ("cursor-without-a-place", "cursor=b", CURSOR),
        ("cursor-of-a-nul", "cursor=%00", CURSOR),
        ("cursor-below-zero", "cursor=b-1", CURSOR),
        ("cursor-too-large", "cursor=bffffffffffffffffff", CURSOR),
        ("cursor-that-climbs", "cursor=../../m/press/moby-dick", CURSOR),
        ("two-filters", "tag=a&author=b", FILTER),
        ("three-filters", "tag=a&author=b&series=c", FILTER),
    ];
    let ranges: &[(&str, &str, Expect)] = &[
        ("range-of-nothing", "bytes=", WHOLE),
        ("range-in-words", "bytes=a-b", WHOLE),
        ("range-backwards", "bytes=5-2", WHOLE),
        ("range-of-other-units", "chapters=1-2", WHOLE),
        ("range-of-two", "bytes=0-0,2-2", WHOLE),
        ("range-past-the-end", "bytes=99999999-", NOT_THERE),
        ("range-of-50-digits", "bytes=99999999999999999999999999999999999999999999999999-", NOT_THERE),
        ("range-of-the-last-0", "bytes=-0", NOT_THERE),
    ];
    let page = "/books/moby-dick/2";
    let mut all: Vec<Attack> = queries
        .iter()
        .map(|(name, query, expect)| Attack::get(*name, *expect, format!("/v1/books?{query}"), &[]))
        .collect();
    all.extend(ranges.iter().map(|&(name, value, expect)| {
        let attack = Attack::new(name, expect, move |_| super::request("GET", page, &[("Range", value)], b""));
        Attack { method: "GET", ..attack }
    }));
    let many: String = (0..2_000).map(|n| format!("{n}-{n},")).collect();
    all.push(Attack::new("range-of-2000", WHOLE, move |_| {
        super::request("GET", page, &[("Range", &format!("bytes={many}9999-"))], b"")
    }));
    all.push(Attack::get("if-match-of-another", Page(412), page, &[("If-Match", "\"x\"")]));
    let tags: String = "\"x\", ".repeat(8_000);
    all.push(Attack::new("if-none-match-of-8000", WHOLE, move |_| {
        super::request("GET", page, &[("If-None-Match", &format!("{tags}\"y\""))], b"")
    }));
    all.push(Attack::get("cursor-of-a-page", Page(400), "/?cursor=x", &[]));
    all
}
