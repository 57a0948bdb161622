//! Subscriptions.

use serde::Deserialize;

use super::{Answer, Call, form, missing, refused};
use crate::object::text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Update {
    cancel_at_period_end: bool,
}

pub(super) fn update(call: &mut Call<'_>, id: &str) -> Answer {
    let change: Update = form(call.body)?;
    let there = call.account.find(id).ok_or_else(|| missing(id))?;
    if text(there, "status") == "canceled" {
        return Err(refused(400, "resource_missing", "A canceled subscription can only be looked at"));
    }
    let changed = call.account.set(id, &[("cancel_at_period_end", change.cancel_at_period_end.into())]);
    call.account.emit(call.now, "customer.subscription.updated", &changed);
    Ok(changed)
}

pub(super) fn cancel(call: &mut Call<'_>, id: &str) -> Answer {
    let there = call.account.find(id).ok_or_else(|| missing(id))?;
    if text(there, "status") == "canceled" {
        return Err(missing(id));
    }
    call.account.end(id, call.now);
    call.account.find(id).cloned().ok_or_else(|| missing(id))
}
