//! When nobody writes any more: everything arrives, everywhere, once.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use http::Method;
use serde_json::Value;

use super::{client::Client, host::Host, ledger::Ledger, program::Program};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// Waits until nothing has to reach the edge any more and the program has been told of everything.
///
/// # Errors
/// Something is waiting still.
pub(super) fn drained(host: &Host) -> Result<Duration, String> {
    let begun = Instant::now();
    let waiting = "SELECT json_build_array((SELECT count(*) FROM outbox), (SELECT count(*) FROM events WHERE position IS NULL), \
        (SELECT count(*) FROM webhook_endpoints w, event_positions p WHERE w.position < p.last OR disabled_at IS NOT NULL))";
    loop {
        let left = host.sql(waiting)?;
        if left == serde_json::json!([0, 0, 0]) {
            return Ok(begun.elapsed());
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("after {PATIENCE:?} deliveries, events and endpoints are waiting: {left}"));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Checks that the edge has the newest of every book; how many chapters that are.
///
/// # Errors
/// What it has not.
pub(super) fn edge(client: &Client, ledger: &Ledger) -> Result<usize, String> {
    let mut count = 0;
    for (slug, texts) in ledger.books.values().filter_map(|book| book.published.as_ref()) {
        let book = client.at_edge(Method::GET, &format!("/v1/books/{slug}"), &[], Vec::new())?;
        let chapters = book.data()["chapters"].as_array().map(Vec::len);
        if book.status != 200 || chapters != Some(texts.len()) {
            return Err(format!(
                "the edge has {chapters:?} chapters of {slug} and not {}: {}",
                texts.len(),
                book.shown()
            ));
        }
        for (n, text) in texts.iter().enumerate() {
            let path = format!("/v1/books/{slug}/chapters/{}", n + 1);
            let chapter = client.at_edge(Method::GET, &path, &[], Vec::new())?;
            if chapter.status != 200 || !String::from_utf8_lossy(&chapter.body).contains(text.as_str()) {
                return Err(format!("the edge's {path} is not what was published last: {}", chapter.shown()));
            }
            count += 1;
        }
    }
    Ok(count)
}

/// Reads the feed from its beginning, and checks that it has one event for each write that was acknowledged, and that
/// the program, which was there from `since` on, was told of the same in the same order. Gives how many events there
/// are, and how many the program was told of twice.
///
/// # Errors
/// What is not as it should be.
pub(super) fn feed(client: &Client, ledger: &Ledger, program: &Program, since: u64) -> Result<(usize, usize), String> {
    let (mut last, mut ids) = (0_u64, Vec::new());
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let answer = client.get(&format!("/v1/events?limit=100{cursor}"))?;
        let page = answer.json();
        for event in page["data"].as_array().ok_or_else(|| answer.shown())? {
            let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
            let place: u64 = text("cursor").parse().map_err(|_| format!("{event} has no cursor"))?;
            if place <= last {
                return Err(format!("the feed goes from {last} to {place}"));
            }
            last = place;
            *counts.entry((text("name"), text("subject"))).or_default() += 1;
            if place > since {
                ids.push(text("id"));
            }
        }
        match &page["pagination"]["nextCursor"] {
            Value::String(next) => cursor = format!("&after={next}"),
            _ => break,
        }
    }
    if counts != ledger.events {
        let of = |key: &(String, String)| (counts.get(key).copied(), ledger.events.get(key).copied());
        let keys = counts.keys().chain(ledger.events.keys());
        let other: Vec<_> = keys.filter(|key| of(key).0 != of(key).1).take(3).map(|key| (key, of(key))).collect();
        return Err(format!("the feed and what was acknowledged differ: {other:?}"));
    }
    let told = program.told();
    let mut first: Vec<&String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    first.extend(told.iter().filter(|id| seen.insert(*id)));
    if first != ids.iter().collect::<Vec<_>>() {
        let at = first.iter().zip(&ids).position(|(a, b)| *a != b);
        return Err(format!(
            "the program was told of {} events and not {}, otherwise from {at:?}",
            first.len(),
            ids.len()
        ));
    }
    let total = counts.values().sum::<u64>();
    Ok((usize::try_from(total).unwrap_or(usize::MAX), told.len() - first.len()))
}
