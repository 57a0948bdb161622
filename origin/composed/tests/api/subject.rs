//! Makes what a request is about, by the routes that people take.

mod accounts;
mod books;
mod files;
mod jobs;
mod sales;

use aw_origin_harness::Who;
use serde_json::{Value, json};

use crate::{
    document::Operation,
    press::{Person, Press},
    text,
    things::Things,
};

pub(crate) use accounts::mailed;
pub(crate) use books::people as book_people;
pub(crate) use files::PNG;

/// The things of one request of `caller`, new: what belongs to an account is the caller's, or for a stranger and the
/// operator somebody's; what belongs to an author is the author's.
pub(crate) fn of(press: &Press<'_>, operation: &Operation, caller: Option<&Person>) -> Things {
    let somebody = || caller.cloned().unwrap_or_else(|| press.person("reader", "reader"));
    let id = operation.id.as_str();
    match operation.path.split('/').skip(1).collect::<Vec<_>>().as_slice() {
        ["v1", "books" | "drafts", "{book}", ..] => books::make(press, is_published(id)),
        ["v1", "files", ..] | ["v1", "uploads", ..] => files::make(press, id),
        ["v1", "imports", ..] => books::import(press, caller),
        ["v1", "auth" | "account" | "profiles" | "users", ..] => accounts::make(press, operation, &somebody()),
        ["v1", "mails", ..] => {
            press.person("reader", "reader");
            let mails = press.operator("GET", "/v1/mails?limit=1", &Value::Null).expect(200).data();
            Things::default().with("id", text(&mails[0], "id"))
        }
        ["v1", "tenants", ..] => {
            let id = format!("{}-{}", press.tenant, press.next());
            press.world.tenant(&id);
            Things::default().with("id", id)
        }
        ["v1", "identity-providers", ..] => {
            let name = format!("{}-{}", press.tenant, press.next());
            provider(press, &name);
            Things::default().with("name", name)
        }
        ["v1", "jobs", ..] | ["_aw", "work", "jobs", "{id}", ..] => jobs::make(press, id),
        ["v1", "webhook-endpoints", "{id}", ..] => {
            let endpoint = json!({ "url": format!("http://localhost:9/{}", press.marker) });
            Things::default().with("id", text(&press.make("/v1/webhook-endpoints", &endpoint), "id"))
        }
        ["health" | "ready", ..] => Things::default().with("service", "user"),
        ["v1", "books" | "drafts" | "events" | "webhook-endpoints"] | ["_aw", ..] => Things::default(),
        _ => sales::make(press, operation, &somebody()),
    }
}

/// Whether it is about what readers have.
fn is_published(id: &str) -> bool {
    matches!(id, "getPublishedBook" | "getPublishedChapter" | "unpublishBook")
}

/// Names an identity provider.
fn provider(press: &Press<'_>, name: &str) {
    let provider = json!({ "label": "Campus", "issuer": press.issuer, "clientId": "press" });
    let who = Who::operator(&press.tenant);
    let _ = press.world.json(&who, "PUT", &format!("/v1/identity-providers/{name}"), &provider).expect(201);
}
