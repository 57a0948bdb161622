//! Sessions at our pages: to pay, and to change what one has.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{Answer, Call, form, missing, refused};
use crate::object::{id, number, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Session {
    mode: String,
    customer: String,
    client_reference_id: Option<String>,
    success_url: String,
    cancel_url: String,
    line_items: Vec<Item>,
    #[serde(default)]
    discounts: Vec<Discount>,
    expires_at: Option<i64>,
    subscription_data: Option<SubscriptionData>,
    payment_intent_data: Option<PaymentData>,
    invoice_creation: Option<InvoiceCreation>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    price: String,
    quantity: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Discount {
    coupon: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscriptionData {
    trial_period_days: Option<i64>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaymentData {
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InvoiceCreation {
    enabled: bool,
    invoice_data: Option<PaymentData>,
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let new: Session = form(call.body)?;
    let find = |id: &str| call.account.find(id).cloned().ok_or_else(|| missing(id));
    find(&new.customer)?;
    let [item] = &new.line_items[..] else {
        return Err(refused(400, "parameter_invalid", "This sandbox sells one thing at a time"));
    };
    let price = find(&item.price)?;
    let again = price["recurring"].is_object();
    if item.quantity != 1 || (new.mode == "subscription") != again || (new.mode == "payment") == again {
        return Err(refused(400, "parameter_invalid", "The mode does not go with the price, or the quantity is not 1"));
    }
    let coupon = new.discounts.first().map(|discount| find(&discount.coupon)).transpose()?;
    let expires = new.expires_at.unwrap_or(call.now + 86_400);
    if !(call.now + 1_700..=call.now + 86_500).contains(&expires) {
        return Err(refused(400, "parameter_invalid", "expires_at must be between 30 minutes and 24 hours from now"));
    }
    let trial = new.subscription_data.as_ref().and_then(|data| data.trial_period_days).unwrap_or(0);
    let metadata = match (new.subscription_data, new.payment_intent_data) {
        (Some(data), _) => data.metadata,
        (None, Some(data)) => data.metadata,
        (None, None) => BTreeMap::new(),
    };
    let invoiced = again
        || new.invoice_creation.is_some_and(|i| i.enabled && i.invoice_data.is_none_or(|d| d.metadata.len() < 50));
    let id = id("cs_sandbox");
    Ok(call.account.add(json!({
        "id": id, "object": "checkout.session", "mode": new.mode, "status": "open", "payment_status": "unpaid",
        "url": format!("{}/pay/{id}", call.base), "customer": new.customer,
        "client_reference_id": new.client_reference_id, "metadata": new.metadata, "currency": price["currency"],
        "amount_subtotal": number(&price, "unit_amount"), "amount_total": number(&price, "unit_amount"),
        "total_details": { "amount_discount": 0, "amount_tax": 0 }, "subscription": null, "payment_intent": null,
        "invoice": null, "expires_at": expires, "created": call.now, "success_url": new.success_url,
        "cancel_url": new.cancel_url, "livemode": false, "_price": price, "_trial": trial, "_metadata": metadata,
        "_coupon": coupon.map(|c| text(&c, "id").to_owned()), "_invoiced": invoiced,
    })))
}

pub(super) fn expire(call: &mut Call<'_>, id: &str) -> Answer {
    let now = call.now;
    let session = call.account.get(id).ok_or_else(|| missing(id))?;
    if text(session, "status") != "open" {
        return Err(refused(400, "session_not_open", "Only sessions that are open can be expired"));
    }
    session["status"] = "expired".into();
    let session = session.clone();
    call.account.emit(now, "checkout.session.expired", &session);
    Ok(session)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Portal {
    customer: String,
    return_url: String,
}

pub(super) fn portal(call: &mut Call<'_>) -> Answer {
    let new: Portal = form(call.body)?;
    call.account.find(&new.customer).ok_or_else(|| missing(&new.customer))?;
    let id = id("bps");
    Ok(call.account.add(json!({
        "id": id, "object": "billing_portal.session", "customer": new.customer, "return_url": new.return_url,
        "url": format!("{}/portal/{id}", call.base), "created": call.now, "livemode": false,
    })))
}
