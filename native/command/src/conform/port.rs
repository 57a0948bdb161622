//! Port cases: run inside the guest, asked for over HTTP.

use serde_json::Value;

use super::{run::Case, world::World};

/// Every port case that the suite knows; the guest must know them all too.
pub(crate) fn cases() -> impl Iterator<Item = Case> {
    aw_conformance::cases::NAMES
        .iter()
        .map(|&name| Case::new(name, move |world| outcome(world, &format!("/__case/{name}"))))
}

/// What the guest says of the case at `target`.
pub(crate) fn outcome(world: &World, target: &str) -> Result<(), String> {
    let reply = world.get(target).map_err(|e| format!("the connection: {e}"))?;
    let outcome: Value = serde_json::from_slice(&reply.body)
        .map_err(|_| format!("the guest answered {} {:?}", reply.status(), clipped(&reply.text())))?;
    match (&outcome["ok"], &outcome["why"]) {
        (Value::Bool(true), _) => Ok(()),
        (_, Value::String(why)) => Err(why.clone()),
        _ => Err(format!("the guest answered {} {outcome}", reply.status())),
    }
}

/// The beginning of `text`, for a message.
pub(crate) fn clipped(text: &str) -> String {
    text.chars().take(200).collect()
}
