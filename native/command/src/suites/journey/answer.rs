//! What an answer says.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{conform::wire::Reply, suites::checks::Verdict};

/// How long what comes by itself (a webhook, a delivery to the edge) may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The data of an answer with this status.
pub(super) fn data(reply: &Reply, status: u16) -> Result<Value, String> {
    Ok(json(reply, status)?["data"].take())
}

/// The JSON of an answer with this status.
pub(super) fn json(reply: &Reply, status: u16) -> Result<Value, String> {
    has_status(reply, status)?;
    serde_json::from_slice(&reply.body).map_err(|e| format!("{e} in {}", beginning(reply)))
}

/// An answer with this status.
pub(super) fn has_status(reply: &Reply, status: u16) -> Verdict {
    same("status", &reply.status(), &status).map_err(|why| format!("{why}: {}", beginning(reply)))
}

/// A refusal with this status and code.
pub(super) fn refused(reply: &Reply, status: u16, code: &str) -> Verdict {
    same("code", &json(reply, status)?["error"]["code"].as_str().unwrap_or_default(), &code)
}

/// A page with this status and all these texts in it.
pub(super) fn shows(reply: &Reply, status: u16, texts: &[&str]) -> Verdict {
    has_status(reply, status)?;
    let page = reply.text();
    match texts.iter().find(|text| !page.contains(**text)) {
        None => Ok(()),
        Some(text) => Err(format!("{text:?} is not in {}", beginning(reply))),
    }
}

/// An answer in which none of these texts is.
pub(super) fn hides(reply: &Reply, texts: &[&str]) -> Verdict {
    let page = reply.text();
    match texts.iter().find(|text| page.contains(**text)) {
        None => Ok(()),
        Some(text) => Err(format!("{text:?} is in an answer with status {}", reply.status())),
    }
}

/// The text of a field.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    value[name].as_str().ok_or_else(|| format!("no {name} in {value}"))
}

/// Whether two things are one.
pub(super) fn same<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, found: &T, expected: &T) -> Verdict {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} and not {expected:?}")) }
}

/// Asks again and again until it is well; else what was wrong last.
pub(super) fn soon<T>(ask: impl FnMut() -> Result<T, String>) -> Result<T, String> {
    within(PATIENCE, ask)
}

/// As [`soon`], for what takes so long at the most.
pub(super) fn within<T>(patience: Duration, mut ask: impl FnMut() -> Result<T, String>) -> Result<T, String> {
    let until = Instant::now() + patience;
    loop {
        match ask() {
            Err(_) if Instant::now() < until => thread::sleep(Duration::from_millis(50)),
            answer => return answer,
        }
    }
}

fn beginning(reply: &Reply) -> String {
    let text = reply.text();
    text.chars().take(300).collect()
}
