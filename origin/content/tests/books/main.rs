//! Books against a real database and object store, as edges and the operator ask for them.

mod collaborators;
mod covers;
mod crash;
mod drafts;
mod epub;
mod exports;
mod import;
mod legacy;
mod lifecycle;
mod matter;
mod pictures;
mod publish;
mod push;
mod redirects;
mod revisions;
mod scenes;
mod shelves;
mod structure;
mod tenants;
mod values;

use aw_origin_harness::{Answer, Who, World};
use serde_json::{Value, json};

/// A Markdown book of that title with so many chapters.
fn markdown(title: &str, chapters: usize) -> String {
    let chapter = |n| format!("## Chapter {n}\n\nOf *{title}*, part {n}.\n\n");
    format!("# {title}\n\n{}", (1..=chapters).map(chapter).collect::<String>())
}

/// Imports a Markdown book; gives its draft.
fn import(world: &World, tenant: &str, title: &str, chapters: usize) -> Value {
    // The title of a book with one chapter is its file's name.
    let target = format!("/v1/imports?kind=markdown&name={}.md", title.replace(' ', "%20"));
    let answer = world.ask(&Who::operator(tenant), "POST", &target, &[], markdown(title, chapters).as_bytes());
    answer.expect(201).data()["book"].clone()
}

/// Publishes a book by its id or slug.
fn publish(world: &World, tenant: &str, book: &str) -> Answer {
    world.ask(&Who::operator(tenant), "POST", &format!("/v1/books/{book}/publish"), &[], b"")
}

/// A value as an edge fills it: version and JSON, `None` for a tombstone or nothing.
fn record(world: &World, key: &str) -> Option<(u64, Value)> {
    let answer = world.get(&Who::edge("eu"), &format!("/_aw/values?key={key}"));
    if answer.status == 404 {
        return None;
    }
    let (version, value) = aw_model::record::decode(&answer.expect(200).body).expect("a record");
    value.map(|value| (version, value))
}

/// Changes with `If-Match`.
fn change(world: &World, tenant: &str, (method, target): (&str, &str), etag: &str, body: &Value) -> Answer {
    let fields = [("content-type", "application/json"), ("if-match", etag)];
    world.ask(&Who::operator(tenant), method, target, &fields, body.to_string().as_bytes())
}

/// Writes a chapter over whatever is there.
fn write(world: &World, tenant: &str, book: &str, number: u32, html: &str) -> Answer {
    let target = format!("/v1/books/{book}/chapters/{number}");
    change(world, tenant, ("PUT", &target), "*", &json!({ "title": format!("Chapter {number}"), "html": html }))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}
