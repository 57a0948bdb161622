//! What the database says, held against what was acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    client::Client,
    host::Host,
    ledger::Ledger,
    write::{self, Trouble, Write},
};

/// What must not be there, ever: writes of which a part was kept. Each statement counts them.
const HALVES: [(&str, &str); 11] = [
    (
        "a line of the audit without its event, or the other way round",
        "SELECT count(*) FROM audit a FULL JOIN events e ON e.id = a.id AND e.name = a.action \
            AND e.subject = a.subject AND e.actor = a.actor WHERE a.id IS NULL OR e.id IS NULL",
    ),
    (
        "an account without its event",
        "SELECT count(*) FROM users u WHERE 1 <> (SELECT count(*) FROM events e \
            WHERE e.subject = u.id::text AND e.name = 'user.account.registered')",
    ),
    (
        "a book without its event",
        "SELECT count(*) FROM books b WHERE 1 <> (SELECT count(*) FROM events e \
            WHERE e.subject = b.id::text AND e.name = 'content.book.created')",
    ),
    (
        "a published book without its manifest",
        "SELECT count(*) FROM books b WHERE published_slug IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records r \
            WHERE r.key = 'm/press/' || b.published_slug AND r.json IS NOT NULL)",
    ),
    (
        "a chapter without a revision, or with a scene's text that is not its last one's",
        "SELECT count(*) FROM chapters c WHERE NOT EXISTS (SELECT 1 FROM revisions r \
            JOIN revision_scenes rs ON rs.revision = r.id JOIN scenes s ON s.chapter = c.id AND s.text = rs.text \
            WHERE r.chapter = c.id AND r.number = (SELECT max(number) FROM revisions WHERE chapter = c.id))",
    ),
    (
        "a stored file without its event",
        "SELECT count(*) FROM files f WHERE state = 'stored' AND 1 <> (SELECT count(*) FROM events e \
            WHERE e.subject = f.id::text AND e.name = 'storage.file.stored')",
    ),
    (
        "a quota that is not the sum of the files",
        "SELECT count(*) FROM storage WHERE used_bytes <> (SELECT coalesce(sum(size), 0) FROM files \
            WHERE state NOT IN ('refused', 'deleted'))",
    ),
    (
        "what payments told without what follows from it",
        "SELECT count(*) FROM subscriptions s WHERE NOT EXISTS (SELECT 1 FROM derived_entitlements d \
            WHERE d.user_id = s.user_id AND d.entitlement = s.grants)",
    ),
    (
        "an event of payments that was noted and not done",
        "SELECT abs((SELECT count(*) FROM payment_events) - (SELECT count(*) FROM subscriptions))",
    ),
    (
        "a delivery of something that is not there",
        "SELECT count(*) FROM outbox o WHERE CASE kind WHEN 'record' THEN NOT EXISTS \
            (SELECT 1 FROM records r WHERE r.key = o.key) ELSE NOT EXISTS \
            (SELECT 1 FROM objects b WHERE o.key LIKE 'o/press/' || b.sha256 || '%') END",
    ),
    (
        "positions of events that are not one to the last",
        "SELECT count(*) FROM event_positions p WHERE p.last <> (SELECT count(position) FROM events) \
            OR p.last <> (SELECT coalesce(max(position), 0) FROM events)",
    ),
];

/// The accounts, the books, the revisions with their texts, the files, follows, plans and what payments told.
const ACCOUNTS: &str = "SELECT coalesce(json_object_agg(email, id), '{}') FROM users";
const BOOKS: &str = "SELECT coalesce(json_object_agg(id, title), '{}') FROM books";
const REVISIONS: &str = "SELECT coalesce(json_agg(json_build_array(r.chapter, t.body) ORDER BY r.chapter, r.number), '[]') \
    FROM revisions r JOIN revision_scenes s ON s.revision = r.id JOIN texts t ON t.sha256 = s.text";
const FILES: &str = "SELECT coalesce(json_object_agg(id, size), '{}') FROM files WHERE state = 'stored'";
const FOLLOWS: &str = "SELECT coalesce(json_agg(json_build_array(follower, author)), '[]') FROM follows";
const PLANS: &str = "SELECT coalesce(json_object_agg(id, name), '{}') FROM plans";
const TOLD: &str = "SELECT coalesce(json_agg(id), '[]') FROM payment_events";
/// How many events there are, by name and subject.
pub(super) const EVENTS: &str = "SELECT coalesce(json_agg(json_build_array(name, subject, n)), '[]') \
    FROM (SELECT name, subject, count(*) AS n FROM events GROUP BY 1, 2) e";

/// Everything that is looked at, in one statement, so as of one moment.
fn state(host: &Host) -> Result<Value, String> {
    let halves: Vec<String> = HALVES.iter().map(|(_, count)| format!("({count})")).collect();
    let parts = [
        ("accounts", ACCOUNTS),
        ("books", BOOKS),
        ("files", FILES),
        ("follows", FOLLOWS),
        ("plans", PLANS),
        ("told", TOLD),
        ("revisions", REVISIONS),
        ("events", EVENTS),
    ];
    let parts: Vec<String> = parts.iter().map(|(name, select)| format!("'{name}', ({select})")).collect();
    let halves = halves.join(", ");
    host.sql(&format!("SELECT json_build_object('halves', json_build_array({halves}), {})", parts.join(", ")))
}

/// Checks that nothing is half done, and that everything that was acknowledged is there, byte for byte where it is in the
/// database. Where nothing is pending, it is `exact`: there is nothing else, and nothing twice.
///
/// # Errors
/// What is not as it should be.
pub(super) fn there(host: &Host, ledger: &Ledger, exact: bool) -> Result<(), String> {
    let state = state(host)?;
    for ((what, _), found) in HALVES.iter().zip(state["halves"].as_array().ok_or("the database says nothing")?) {
        if *found != 0 {
            return Err(format!("half done: {what}: {found}"));
        }
    }
    rows(&state, ledger, exact)?;
    revisions(&state, ledger, exact)?;
    if exact { events(&state, ledger) } else { Ok(()) }
}

/// Pairs of texts, from an object, or a list of pairs or of texts.
fn pairs(value: &Value) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
        Value::Array(all) if all.iter().all(Value::is_string) => {
            all.iter().map(|one| (text(one), String::new())).collect()
        }
        Value::Array(all) => all.iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect(),
        _ => BTreeSet::new(),
    }
}

fn rows(state: &Value, ledger: &Ledger, exact: bool) -> Result<(), String> {
    let own = |key: &String, value: &str| (key.clone(), value.to_owned());
    let kinds: [(&str, BTreeSet<_>); 6] = [
        ("accounts", ledger.accounts.iter().map(|(email, id)| own(email, id)).collect()),
        ("books", ledger.books.iter().map(|(id, book)| own(id, &book.title)).collect()),
        ("files", ledger.files.iter().map(|(id, file)| own(id, &file.size.to_string())).collect()),
        ("follows", ledger.follows.iter().cloned().collect()),
        ("plans", ledger.plans.iter().map(|(id, name)| own(id, name)).collect()),
        ("told", ledger.told.keys().map(|id| own(id, "")).collect()),
    ];
    for (what, acknowledged) in kinds {
        let found = pairs(&state[what]);
        if let Some(lost) = acknowledged.difference(&found).next() {
            return Err(format!("lost of the {what}: {lost:?}"));
        }
        if exact && let Some(more) = found.difference(&acknowledged).next() {
            return Err(format!("of the {what} there is one that nobody made, or twice: {more:?}"));
        }
    }
    Ok(())
}

fn revisions(state: &Value, ledger: &Ledger, exact: bool) -> Result<(), String> {
    let mut revisions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in state["revisions"].as_array().into_iter().flatten() {
        let text = |at: usize| row[at].as_str().unwrap_or_default().to_owned();
        revisions.entry(text(0)).or_default().push(text(1));
    }
    let chapters = ledger.books.values().flat_map(|book| &book.chapters);
    for (id, texts) in chapters.clone() {
        let found = revisions.get(id).map(Vec::as_slice).unwrap_or_default();
        if found.len() < texts.len() || (exact && found.len() > texts.len()) {
            return Err(format!("chapter {id} has {} revisions and not {}", found.len(), texts.len()));
        }
        if let Some((n, _)) = texts.iter().zip(found).enumerate().find(|(_, (text, body))| !body.contains(*text)) {
            return Err(format!("chapter {id}, revision {}: not what was written", n + 1));
        }
    }
    let (there, known) = (revisions.len(), chapters.count());
    if exact && there != known {
        return Err(format!("there are {there} chapters and not {known}"));
    }
    Ok(())
}

fn events(state: &Value, ledger: &Ledger) -> Result<(), String> {
    let events = counts(&state["events"]);
    if let Some((key, n)) = ledger.events.iter().find(|(key, n)| events.get(*key) != Some(*n)) {
        return Err(format!("of {key:?} there are {:?} events and not {n}", events.get(key)));
    }
    match events.iter().find(|(key, _)| !ledger.events.contains_key(*key)) {
        Some((key, n)) => Err(format!("there are {n} events {key:?} of what nobody did")),
        None => Ok(()),
    }
}

fn counts(rows: &Value) -> BTreeMap<(String, String), u64> {
    let text = |row: &Value, at: usize| row[at].as_str().unwrap_or_default().to_owned();
    rows.as_array()
        .into_iter()
        .flatten()
        .map(|row| ((text(row, 0), text(row, 1)), row[2].as_u64().unwrap_or(0)))
        .collect()
}

/// Sends what was acknowledged with an `Idempotency-Key` again: it is answered as before, and not done again. How many
/// were sent.
///
/// # Errors
/// One is answered otherwise.
pub(super) fn keys(client: &Client, ledger: &mut Ledger) -> Result<usize, String> {
    /// So many of a round.
    const SOME: usize = 12;
    let all = std::mem::take(&mut ledger.keys);
    let step = all.len().div_ceil(SOME).max(1);
    let some: Vec<_> = all.iter().step_by(step).collect();
    for (write, id) in &some {
        let said = again(client, write).map_err(|trouble| format!("{write:?} with its key again: {trouble:?}"))?;
        if said != *id {
            return Err(format!("{write:?} with its key again made {said} and not {id}"));
        }
    }
    Ok(some.len())
}

fn again(client: &Client, sent: &Write) -> Result<String, Trouble> {
    let (path, key, body) = sent.keyed().ok_or_else(|| Trouble::Wrong("it has no key".to_owned()))?;
    let header = [("idempotency-key", key.as_str())];
    let answer = client.json(&super::client::Who::Operator, http::Method::POST, &path, &header, &body);
    let answer = answer.map_err(Trouble::Again)?;
    let thing = write::thing(answer.data());
    let id = thing["id"].as_str().unwrap_or_default();
    if answer.status == 201 { Ok(id.to_owned()) } else { Err(Trouble::Wrong(answer.shown())) }
}
