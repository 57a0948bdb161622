//! Every page through every edge: the same bytes, the same headers.

use std::collections::{BTreeMap, BTreeSet};

use aw_runtimes::Result;

use super::{
    Checks, Verdict,
    press::{BOOK, Edge, FREE, Press},
    reader::{member, stranger},
};
use crate::conform::wire::Reply;

/// Header fields that a platform adds by itself, and that may differ from another's.
const PLATFORMS_OWN: [(&str, &str); 1] = [("date", "when it was answered, in seconds; not every platform adds it")];

/// The pages of the book, as they are to be: what the first edge answers.
#[derive(Default)]
pub(super) struct Pages {
    /// Path → body, for a stranger.
    pub(super) free: BTreeMap<String, Vec<u8>>,
    /// Path → body, for who pays.
    pub(super) paid: BTreeMap<String, Vec<u8>>,
}

/// Who asks for what, and the status that answers.
struct Case {
    name: String,
    method: &'static str,
    path: String,
    fields: Vec<(&'static str, String)>,
    member: bool,
    status: u16,
}

/// Reads everything at every edge; what the pages are.
pub(super) fn check(checks: &mut Checks<'_>, press: &Press) -> Result<Pages> {
    let mut pages = Pages::default();
    let first = &press.edges[0];
    let mut cases = chapters();
    let assets = assets(first, &press.token)?;
    checks.hold("the book has pictures", if assets.len() < 8 { Err(format!("{assets:?}")) } else { Ok(()) })?;
    cases.extend(assets.iter().map(|path| Case::get(path, true, 200)));
    cases.extend(others(first)?);
    for case in &cases {
        let expected = read(first, &press.token, case);
        let name = format!("{} answers {} at {}", case.name, case.status, first.name);
        let verdict = expected.as_ref().map_err(Clone::clone).and_then(|reply| status(reply, case.status));
        checks.hold(&name, verdict)?;
        let Ok(expected) = expected else { continue };
        if case.method == "GET" && case.fields.is_empty() && case.status == 200 && case.path.starts_with("/books/") {
            let kept = if case.member { &mut pages.paid } else { &mut pages.free };
            kept.insert(case.path.clone(), expected.body.clone());
        }
        for edge in &press.edges[1..] {
            let verdict = read(edge, &press.token, case).and_then(|reply| same(&expected, &reply));
            checks.hold(&format!("{} at {} is as at {}", case.name, edge.name, first.name), verdict)?;
        }
    }
    Ok(pages)
}

impl Case {
    fn get(path: &str, member: bool, status: u16) -> Self {
        let who = if member { "a reader who pays" } else { "a stranger" };
        Self { name: format!("{path} for {who}"), method: "GET", path: path.to_owned(), fields: vec![], member, status }
    }
}

/// Every chapter, as a page and as data, for a stranger and for who pays.
fn chapters() -> Vec<Case> {
    let (slug, count) = BOOK;
    let mut cases = Vec::new();
    for number in 1..=count {
        for path in [format!("/books/{slug}/{number}"), format!("/v1/books/{slug}/chapters/{number}")] {
            cases.push(Case::get(&path, true, 200));
            // The paywall's page has another status for who is unknown than for who has not paid.
            let status = if number <= FREE { 200 } else { 0 };
            cases.push(Case::get(&path, false, status));
        }
    }
    cases
}

/// The pictures that the chapters show.
fn assets(edge: &Edge, token: &str) -> Result<Vec<String>> {
    let mut reader = member(edge.addr, token);
    let mut found = BTreeSet::new();
    for number in 1..=BOOK.1 {
        let text = reader.get(&format!("/books/{}/{number}", BOOK.0)).map_err(aw_runtimes::Error)?.text();
        for part in text.split("src=\"").skip(1) {
            found.extend(part.split('"').next().filter(|path| path.contains("/assets/")).map(str::to_owned));
        }
    }
    Ok(found.into_iter().collect())
}

/// Shelves, the book itself, conditions, ranges, and what is not there.
fn others(edge: &Edge) -> Result<Vec<Case>> {
    let slug = BOOK.0;
    let chapter = format!("/books/{slug}/1");
    let reply = stranger(edge.addr).get(&chapter).map_err(aw_runtimes::Error)?;
    let tag = reply.head.text("etag").unwrap_or_default();
    let mut cases: Vec<Case> = [
        "/".to_owned(),
        format!("/books/{slug}"),
        "/authors/jane-austen".to_owned(),
        "/tags/fiction".to_owned(),
        "/v1/books".to_owned(),
        "/v1/books?tag=love-stories&limit=1".to_owned(),
        format!("/v1/books/{slug}"),
    ]
    .iter()
    .map(|path| Case::get(path, false, 200))
    .collect();
    for path in ["/books/none", "/books/none/1", "/v1/books/none", "/nothing", "/books/pride-and-prejudice/62"] {
        cases.push(Case::get(path, false, 404));
    }
    let with = |name: &str, method, fields, status| Case {
        name: format!("{chapter} {name}"),
        method,
        path: chapter.clone(),
        fields,
        member: false,
        status,
    };
    cases.push(with("without its body", "HEAD", vec![], 200));
    cases.push(with("that the reader has", "GET", vec![("If-None-Match", tag)], 304));
    cases.push(with("in part", "GET", vec![("Range", "bytes=100-299".to_owned())], 206));
    cases.push(with("in a part that it does not have", "GET", vec![("Range", "bytes=9999999-".to_owned())], 416));
    Ok(cases)
}

fn read(edge: &Edge, token: &str, case: &Case) -> Result<Reply, String> {
    let mut reader = if case.member { member(edge.addr, token) } else { stranger(edge.addr) };
    let fields: Vec<(&str, &str)> = case.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    reader.ask(case.method, &case.path, &fields, b"")
}

/// 0 stands for the paywall: 401 or 402.
fn status(reply: &Reply, expected: u16) -> Verdict {
    match (reply.status(), expected) {
        (401 | 402, 0) => Ok(()),
        (status, expected) if status == expected => Ok(()),
        (status, _) => Err(format!("it answers {status}: {}", reply.text().chars().take(200).collect::<String>())),
    }
}

/// Whether two answers are the same: the status, the fields but for the platforms' own, every byte of the body.
fn same(expected: &Reply, reply: &Reply) -> Verdict {
    if expected.status() != reply.status() {
        return Err(format!("{} and not {}", reply.status(), expected.status()));
    }
    let (theirs, ours) = (fields(expected), fields(reply));
    if let Some((name, value)) = ours.difference(&theirs).next() {
        return Err(format!("it has the field {name}: {value}"));
    }
    if let Some((name, value)) = theirs.difference(&ours).next() {
        return Err(format!("it lacks the field {name}: {value}"));
    }
    if timeless(&expected.body) != timeless(&reply.body) {
        return Err(format!("another body, of {} bytes and not {}", reply.body.len(), expected.body.len()));
    }
    Ok(())
}

fn fields(reply: &Reply) -> BTreeSet<(String, String)> {
    let own = |name: &str| PLATFORMS_OWN.iter().any(|(own, _)| *own == name);
    let fields = reply.head.fields.iter().filter(|(name, _)| !own(name));
    fields.map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned())).collect()
}

/// The body without the envelope's time of answering.
fn timeless(body: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"\"timestamp\":\"";
    match body.windows(NAME.len()).position(|window| window == NAME) {
        Some(at) if body.first() == Some(&b'{') => {
            let rest = &body[at + NAME.len()..];
            let end = rest.iter().position(|b| *b == b'"').unwrap_or_default();
            [&body[..at], &rest[end..]].concat()
        }
        _ => body.to_vec(),
    }
}
