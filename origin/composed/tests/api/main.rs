//! Every documented route of the product, as users meet it: behind an edge, with tokens. What is called is what
//! `/v1/openapi.json` lists, so that a route that is added is called too, or these tests fail.

mod body;
mod document;
mod door;
mod exceptions;
mod press;
mod request;
mod roles;
mod schemas;
mod subject;
mod tenants;
mod things;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The operator's routes do every tenant's work, so the tests here, which share a database, take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A field that is a text.
fn text<'a>(value: &'a serde_json::Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}
