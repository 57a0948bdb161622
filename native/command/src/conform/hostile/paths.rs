//! Paths that could mean two things, and names that name nothing.

use super::{
    Attack,
    judge::Expect::{self, Error, Page},
};

const INVALID: Expect = Error(400, "REQUEST_PATH_INVALID");
const NO_BOOK: Expect = Error(404, "CONTENT_BOOK_NOT_FOUND");
const NO_CHAPTER: Expect = Error(404, "CONTENT_CHAPTER_NOT_FOUND");

pub(super) fn attacks() -> Vec<Attack> {
    let table: &[(&str, &str, Expect)] = &[
        ("climbs", "/v1/books/../../etc/passwd", INVALID),
        ("climbs-escaped", "/v1/books/%2e%2e/%2e%2e/etc/passwd", INVALID),
        ("climbs-escaped-in-capitals", "/v1/books/%2E%2E/x", INVALID),
        ("climbs-half-escaped", "/v1/books/.%2e/x", INVALID),
        ("climbs-at-the-end", "/v1/books/..", INVALID),
        ("climbs-with-an-escaped-slash", "/v1/books/..%2f..%2fetc", INVALID),
        ("climbs-with-a-backslash", "/v1/books/..\\..\\etc", INVALID),
        ("climbs-with-an-escaped-backslash", "/v1/books/..%5c..%5cetc", INVALID),
        ("a-dot", "/v1/./books", INVALID),
        ("a-dot-escaped", "/v1/%2e/books", INVALID),
        ("an-empty-segment", "/v1//books", INVALID),
        ("empty-segments-before", "//evil.example/books", INVALID),
        ("empty-segments-only", "///", INVALID),
        ("an-escaped-slash", "/v1/books/a%2fb", INVALID),
        ("an-escaped-nul", "/v1/books/moby-dick%00", INVALID),
        ("an-escaped-line-end", "/v1/books/a%0d%0aSet-Cookie:%20x=1", INVALID),
        ("an-escaped-delete", "/v1/books/a%7f", INVALID),
        ("an-escape-cut-short", "/v1/books/%4", INVALID),
        ("an-escape-of-nothing", "/v1/books/%", INVALID),
        ("an-escape-in-other-letters", "/v1/books/%zz", INVALID),
        ("an-escape-with-a-plus", "/v1/books/%+1", INVALID),
        ("escapes-that-are-no-utf8", "/v1/books/%ff%fe", INVALID),
        ("escapes-longer-than-utf8-has-it", "/v1/books/%c0%ae%c0%ae/x", INVALID),
        ("escapes-of-a-surrogate", "/v1/books/%ed%a0%80", INVALID),
        ("13-segments", "/v1/b/c/d/e/f/g/h/i/j/k/l/m", INVALID),
        ("1000-segments", "", INVALID),
        ("escaped-twice", "/v1/books/%252e%252e", NO_BOOK),
        ("name-with-a-quote", "/v1/books/a'%20or%201=1--", NO_BOOK),
        ("name-with-markup", "/v1/books/%3Cscript%3Ealert(1)%3C%2Fscript%3E", INVALID),
        ("name-with-markup-but-no-slash", "/v1/books/%3Cimg%20src=x%3E", NO_BOOK),
        ("name-in-capitals", "/v1/books/MOBY-DICK", NO_BOOK),
        ("name-with-a-dot", "/v1/books/moby.dick", NO_BOOK),
        ("name-with-a-hyphen-before", "/v1/books/-moby-dick", NO_BOOK),
        ("name-in-wide-letters", "/v1/books/%EF%BD%8D%EF%BD%8F%EF%BD%82%EF%BD%99-dick", NO_BOOK),
        ("name-of-another-tenants", "/v1/books/other%7Cmoby-dick", NO_BOOK),
        ("name-that-is-an-id-of-nobody", "/v1/books/00000000-0000-0000-0000-000000000000", NO_BOOK),
        ("name-that-is-an-id-in-braces", "/v1/books/%7B01900000-0000-7000-8000-000000010000%7D", NO_BOOK),
        ("chapter-0", "/v1/books/moby-dick/chapters/0", NO_CHAPTER),
        ("chapter-below-zero", "/v1/books/moby-dick/chapters/-1", INVALID),
        ("chapter-with-a-plus", "/v1/books/moby-dick/chapters/+1", INVALID),
        ("chapter-with-a-fraction", "/v1/books/moby-dick/chapters/1.0", INVALID),
        ("chapter-in-words", "/v1/books/moby-dick/chapters/one", INVALID),
        ("chapter-in-other-digits", "/v1/books/moby-dick/chapters/%D9%A1", INVALID),
        ("chapter-2-to-the-32", "/v1/books/moby-dick/chapters/4294967296", INVALID),
        ("chapter-2-to-the-32-less-1", "/v1/books/moby-dick/chapters/4294967295", NO_CHAPTER),
        (
            "chapter-of-50-digits",
            "/v1/books/moby-dick/chapters/99999999999999999999999999999999999999999999999999",
            INVALID,
        ),
        ("page-that-climbs", "/books/..%5c..%5cetc/1", INVALID),
        ("page-of-nobody", "/books/none/1", Page(404)),
        ("page-of-chapter-0", "/books/moby-dick/0", Page(404)),
        ("picture-by-another-name", "/books/moby-dick/assets/x.png", Page(404)),
        ("picture-that-climbs", "/books/moby-dick/assets/..", INVALID),
        ("shelf-of-nothing", "/tags/none", Page(404)),
        ("shelf-in-capitals", "/tags/NEWEST", Page(404)),
        ("the-edge-s-own", "/_aw", Error(404, "REQUEST_NOT_FOUND")),
        ("the-origin-s-own", "/_aw/push", Error(404, "REQUEST_NOT_FOUND")),
        ("the-origin-s-own-escaped", "/%5faw/push", Error(404, "REQUEST_NOT_FOUND")),
        (
            "the-values-are-not-for-reading",
            "/_aw/values?key=m/press/moby-dick",
            Error(405, "REQUEST_METHOD_NOT_ALLOWED"),
        ),
        ("a-crawler-s-guess", "/.git/config", Page(404)),
        ("another-guess", "/wp-login.php", Page(404)),
    ];
    let long = format!("/{}", "a/".repeat(1_000));
    let mut all: Vec<Attack> = table
        .iter()
        .map(|(name, path, expect)| Attack::get(*name, *expect, if path.is_empty() { &long } else { *path }, &[]))
        .collect();
    let name = format!("/v1/books/{}", "a".repeat(300));
    all.push(Attack::get("name-of-300-letters", NO_BOOK, name, &[]));
    all
}
