//! Money that goes back.

use serde::Deserialize;
use serde_json::json;

use super::{Answer, Call, form, missing, refused};
use crate::object::{id, number, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refund {
    payment_intent: String,
    amount: Option<i64>,
}

pub(super) fn refund(call: &mut Call<'_>) -> Answer {
    let new: Refund = form(call.body)?;
    let intent = call.account.find(&new.payment_intent).ok_or_else(|| missing(&new.payment_intent))?;
    let charge = text(intent, "latest_charge").to_owned();
    let there = call.account.find(&charge).ok_or_else(|| missing(&charge))?;
    if there["disputed"] == true {
        return Err(refused(400, "charge_disputed", "The payer's bank wants this charge back: it cannot be refunded"));
    }
    let (captured, before) = (number(there, "amount_captured"), number(there, "amount_refunded"));
    let amount = new.amount.unwrap_or(captured - before);
    if amount < 1 || before + amount > captured {
        return Err(refused(
            400,
            "charge_already_refunded",
            "Refund amount is greater than what is left of the charge",
        ));
    }
    let currency = there["currency"].clone();
    let fields = [("amount_refunded", json!(before + amount)), ("refunded", (before + amount == captured).into())];
    let charged = call.account.set(&charge, &fields);
    call.account.emit(call.now, "charge.refunded", &charged);
    Ok(call.account.add(json!({
        "id": id("re"), "object": "refund", "amount": amount, "charge": charge, "payment_intent": new.payment_intent,
        "currency": currency, "status": "succeeded", "created": call.now,
    })))
}
