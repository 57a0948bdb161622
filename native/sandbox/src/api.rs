//! The API: `/v1/…`.

mod catalogue;
mod checkout;
pub(crate) mod disputes;
mod money;
mod subscriptions;

use aw_platform::http::{Method, header, request::Parts};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    KEY,
    app::Reply,
    object::{number, shown, text},
    state::{Account, Answered, State},
};

/// A status and the error or object.
type Answer = Result<Value, (u16, Value)>;

/// Whether `key` may be an account's.
pub(crate) fn is_key(key: &str) -> bool {
    key.starts_with(KEY) && (24..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
}

fn refused(status: u16, code: &str, message: impl Into<String>) -> (u16, Value) {
    (status, json!({ "type": "invalid_request_error", "code": code, "message": message.into() }))
}

fn missing(id: &str) -> (u16, Value) {
    refused(404, "resource_missing", format!("No such object: '{id}'"))
}

/// A form's fields. A field that is not known is refused, as the original does.
fn form<T: DeserializeOwned>(body: &[u8]) -> Result<T, (u16, Value)> {
    let parsed = serde_qs::Config::new().use_form_encoding(true).deserialize_bytes(body);
    parsed.map_err(|e| refused(400, "parameter_unknown", e.to_string()))
}

/// One request of an account's.
struct Call<'a> {
    account: &'a mut Account,
    now: i64,
    /// `http://HOST`, for pages.
    base: String,
    body: &'a [u8],
    query: &'a str,
}

pub(crate) fn answer(state: &mut State, head: &Parts, host: &str, path: &[&str], body: &[u8]) -> Reply {
    let authorization = head.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Some(key) = authorization.strip_prefix("Bearer ").filter(|key| is_key(key)) else {
        let why = format!("Invalid API key: this sandbox takes keys that begin with {KEY}, and no others");
        let error = json!({ "error": { "type": "invalid_request_error", "message": why } });
        return Reply::Json(401, error);
    };
    let now = state.now();
    let account = state.accounts.entry(key.to_owned()).or_default();
    let once =
        head.headers.get("idempotency-key").and_then(|v| v.to_str().ok()).filter(|_| head.method == Method::POST);
    let request = format!("{} {}", path.join("/"), String::from_utf8_lossy(body));
    if let Some(kept) = once.and_then(|once| account.answers.get(once)) {
        if kept.request == request {
            return Reply::Json(kept.status, kept.body.clone());
        }
        let error = json!({ "type": "idempotency_error", "message": "Keys can only be used with the same parameters" });
        return Reply::Json(400, json!({ "error": error }));
    }
    let mut call =
        Call { account, now, base: format!("http://{host}"), body, query: head.uri.query().unwrap_or_default() };
    let (status, body) = match route(&mut call, &head.method, path) {
        Ok(object) => (200, shown(&object)),
        Err((status, error)) => (status, json!({ "error": error })),
    };
    if let Some(once) = once {
        let kept = Answered { request, status, body: body.clone() };
        account.answers.insert(once.to_owned(), kept);
    }
    Reply::Json(status, body)
}

fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Answer {
    match (method.as_str(), path) {
        ("POST", ["products"]) => catalogue::product(call),
        ("POST", ["prices"]) => catalogue::price(call),
        ("POST", ["coupons"]) => catalogue::coupon(call),
        ("POST", ["customers"]) => catalogue::customer(call),
        ("POST", ["webhook_endpoints"]) => catalogue::endpoint(call),
        ("POST", ["webhook_endpoints", id]) => catalogue::change_endpoint(call, id),
        ("POST", ["checkout", "sessions"]) => checkout::create(call),
        ("POST", ["checkout", "sessions", id, "expire"]) => checkout::expire(call, id),
        ("POST", ["billing_portal", "sessions"]) => checkout::portal(call),
        ("POST", ["refunds"]) => money::refund(call),
        ("POST", ["disputes", id]) => disputes::update(call, id),
        ("POST", ["disputes", id, "close"]) => disputes::close(call, id),
        ("POST", ["subscriptions", id]) => subscriptions::update(call, id),
        ("DELETE", ["subscriptions", id]) => subscriptions::cancel(call, id),
        ("DELETE", ["webhook_endpoints", id]) => catalogue::remove(call, id),
        ("GET", ["subscriptions"]) => list(call, "subscription"),
        ("GET", ["invoices"]) => list(call, "invoice"),
        ("GET", ["charges"]) => list(call, "charge"),
        ("GET", ["disputes"]) => list(call, "dispute"),
        ("GET", ["events"]) => list(call, "event"),
        ("GET", ["checkout", "sessions"]) => list(call, "checkout.session"),
        (
            "GET",
            [
                "products" | "prices" | "coupons" | "customers" | "subscriptions" | "invoices" | "charges" | "disputes"
                | "payment_intents" | "webhook_endpoints",
                id,
            ]
            | ["checkout", "sessions", id],
        ) => call.account.find(id).cloned().ok_or_else(|| missing(id)),
        _ => Err(refused(404, "url_unknown", "Unrecognized request URL")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    limit: Option<usize>,
    starting_after: Option<String>,
    created: Option<Created>,
    /// `all`, or nothing: those that have not ended.
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Created {
    gte: i64,
}

/// Objects of a kind, the newest first.
fn list(call: &mut Call<'_>, kind: &str) -> Answer {
    let list: List = form(call.query.as_bytes())?;
    let limit = list.limit.unwrap_or(10).clamp(1, 100);
    let all: Vec<&Value> =
        if kind == "event" { call.account.events.iter().rev().collect() } else { call.account.all(kind) };
    let since = list.created.map_or(0, |created| created.gte);
    let live = |o: &&&Value| {
        kind != "subscription" || list.status.as_deref() == Some("all") || text(o, "status") != "canceled"
    };
    let found: Vec<&&Value> = all.iter().filter(live).filter(|o| number(o, "created") >= since).collect();
    let start = match &list.starting_after {
        None => 0,
        Some(id) => found.iter().position(|o| text(o, "id") == id).ok_or_else(|| missing(id))? + 1,
    };
    let data: Vec<Value> = found.iter().skip(start).take(limit).map(|o| (**o).clone()).collect();
    Ok(json!({ "object": "list", "url": "/v1", "has_more": found.len() > start + data.len(), "data": data }))
}
