//! Disputes. The original decides by the evidence that is sent in its test mode, and so does this:
//! `winning_evidence` wins, `losing_evidence` loses (<https://docs.stripe.com/testing#disputes>).

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Call, form, missing, refused};
use crate::{
    object::{id, number, text},
    state::Account,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Update {
    evidence: Option<Evidence>,
    #[serde(default)]
    submit: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    uncategorized_text: String,
}

pub(super) fn update(call: &mut Call<'_>, id: &str) -> Answer {
    let change: Update = form(call.body)?;
    let there = open(call, id)?;
    let evidence = change.evidence.map(|evidence| evidence.uncategorized_text).unwrap_or_default();
    match evidence.as_str() {
        "winning_evidence" if change.submit => Ok(call.account.decide(id, true, call.now)),
        "losing_evidence" if change.submit => Ok(call.account.decide(id, false, call.now)),
        _ => {
            let review = text(&there, "status").replace("needs_response", "under_review");
            let fields: &[_] = if change.submit { &[("status", json!(review))] } else { &[] };
            let changed = call.account.set(id, fields);
            call.account.emit(call.now, "charge.dispute.updated", &changed);
            Ok(changed)
        }
    }
}

/// The press gives in.
pub(super) fn close(call: &mut Call<'_>, id: &str) -> Answer {
    open(call, id)?;
    Ok(call.account.decide(id, false, call.now))
}

fn open(call: &Call<'_>, id: &str) -> Answer {
    let there = call.account.find(id).filter(|o| o["object"] == "dispute").ok_or_else(|| missing(id))?;
    if is_decided(there) {
        return Err(refused(400, "dispute_closed", "This dispute is already closed"));
    }
    Ok(there.clone())
}

/// Whether a dispute is over.
pub(crate) fn is_decided(dispute: &Value) -> bool {
    matches!(text(dispute, "status"), "won" | "lost" | "warning_closed")
}

impl Account {
    /// The payer's bank takes a charge back, all that is left of it or so much; or only asks (`inquiry`). `None` where
    /// there is nothing to take.
    pub(crate) fn dispute(&mut self, charge: &str, amount: Option<i64>, inquiry: bool, at: i64) -> Option<Value> {
        let there = self.find(charge).filter(|o| o["object"] == "charge" && o["disputed"] == false)?;
        let left = number(there, "amount_captured") - number(there, "amount_refunded");
        let amount = amount.unwrap_or(left);
        if !(1..=left).contains(&amount) {
            return None;
        }
        let (currency, intent) = (there["currency"].clone(), there["payment_intent"].clone());
        self.set(charge, &[("disputed", true.into())]);
        let status = if inquiry { "warning_needs_response" } else { "needs_response" };
        let taken =
            json!([{ "id": id("txn"), "object": "balance_transaction", "amount": -amount, "currency": currency }]);
        let dispute = self.add(json!({
            "id": id("dp"), "object": "dispute", "amount": amount, "charge": charge, "currency": currency,
            "payment_intent": intent, "reason": "fraudulent", "status": status, "is_charge_refundable": inquiry,
            "balance_transactions": if inquiry { json!([]) } else { taken }, "evidence": {}, "metadata": {},
            "created": at, "livemode": false,
        }));
        self.emit(at, "charge.dispute.created", &dispute);
        if !inquiry {
            self.emit(at, "charge.dispute.funds_withdrawn", &dispute);
        }
        Some(dispute)
    }

    /// The bank decides, for the press (`won`) or the payer; an inquiry that is lost becomes a dispute.
    pub(crate) fn decide(&mut self, id: &str, won: bool, at: i64) -> Value {
        let Some(there) = self.find(id).cloned() else { return Value::Null };
        let inquiry = text(&there, "status").starts_with("warning_");
        if inquiry && !won {
            let fields = [("status", json!("needs_response")), ("is_charge_refundable", false.into())];
            let dispute = self.set(id, &fields);
            self.emit(at, "charge.dispute.updated", &dispute);
            self.emit(at, "charge.dispute.funds_withdrawn", &dispute);
            return dispute;
        }
        let status = match (inquiry, won) {
            (true, _) => "warning_closed",
            (false, true) => "won",
            (false, false) => "lost",
        };
        let decided = self.set(id, &[("status", status.into())]);
        if won {
            self.set(text(&there, "charge"), &[("disputed", false.into())]);
        }
        if won && !inquiry {
            self.emit(at, "charge.dispute.funds_reinstated", &decided);
        }
        self.emit(at, "charge.dispute.closed", &decided);
        decided
    }
}
