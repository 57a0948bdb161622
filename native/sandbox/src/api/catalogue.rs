//! Products, prices, coupons, customers, endpoints of webhooks.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{Answer, Call, form, missing, refused};
use crate::object::id;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Product {
    id: Option<String>,
    name: String,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

pub(super) fn product(call: &mut Call<'_>) -> Answer {
    let new: Product = form(call.body)?;
    let id = new.id.unwrap_or_else(|| id("prod"));
    if call.account.find(&id).is_some() {
        return Err(refused(400, "resource_already_exists", "Product already exists."));
    }
    Ok(call.account.add(json!({
        "id": id, "object": "product", "name": new.name, "active": true, "metadata": new.metadata,
        "created": call.now, "livemode": false,
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    product: String,
    currency: String,
    unit_amount: i64,
    recurring: Option<Recurring>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recurring {
    interval: String,
}

pub(super) fn price(call: &mut Call<'_>) -> Answer {
    let new: Price = form(call.body)?;
    call.account.find(&new.product).ok_or_else(|| missing(&new.product))?;
    if new.currency.len() != 3 || new.unit_amount < 0 {
        return Err(refused(400, "parameter_invalid_integer", "Invalid currency or unit_amount"));
    }
    let recurring = new.recurring.map(|r| json!({ "interval": r.interval, "interval_count": 1 }));
    Ok(call.account.add(json!({
        "id": id("price"), "object": "price", "product": new.product, "currency": new.currency.to_lowercase(),
        "unit_amount": new.unit_amount, "type": if recurring.is_some() { "recurring" } else { "one_time" },
        "recurring": recurring, "active": true, "created": call.now, "livemode": false,
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Coupon {
    id: Option<String>,
    name: Option<String>,
    percent_off: Option<f64>,
    amount_off: Option<i64>,
    currency: Option<String>,
    duration: String,
    duration_in_months: Option<i64>,
    max_redemptions: Option<i64>,
    redeem_by: Option<i64>,
}

pub(super) fn coupon(call: &mut Call<'_>) -> Answer {
    let new: Coupon = form(call.body)?;
    if new.percent_off.is_some() == new.amount_off.is_some() {
        return Err(refused(400, "parameter_missing", "Must provide percent_off or amount_off"));
    }
    let id = new.id.unwrap_or_else(|| id("coupon"));
    if call.account.find(&id).is_some() {
        return Err(refused(400, "resource_already_exists", "Coupon already exists."));
    }
    Ok(call.account.add(json!({
        "id": id, "object": "coupon", "name": new.name, "percent_off": new.percent_off, "amount_off": new.amount_off,
        "currency": new.currency, "duration": new.duration, "duration_in_months": new.duration_in_months,
        "max_redemptions": new.max_redemptions, "redeem_by": new.redeem_by, "valid": true, "created": call.now,
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    email: Option<String>,
    name: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

pub(super) fn customer(call: &mut Call<'_>) -> Answer {
    let new: Customer = form(call.body)?;
    Ok(call.account.add(json!({
        "id": id("cus"), "object": "customer", "email": new.email, "name": new.name, "metadata": new.metadata,
        "created": call.now, "livemode": false, "_card": "none",
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Endpoint {
    url: String,
    enabled_events: Vec<String>,
    api_version: Option<String>,
}

pub(super) fn endpoint(call: &mut Call<'_>) -> Answer {
    let new: Endpoint = form(call.body)?;
    if !new.url.starts_with("http://") && !new.url.starts_with("https://") {
        return Err(refused(400, "url_invalid", "Invalid URL"));
    }
    let secret = id("whsec");
    let mut shown = call.account.add(json!({
        "id": id("we"), "object": "webhook_endpoint", "url": new.url, "enabled_events": new.enabled_events,
        "api_version": new.api_version, "status": "enabled", "created": call.now, "_secret": secret,
    }));
    // Told once.
    shown["secret"] = secret.into();
    Ok(shown)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndpointChange {
    url: Option<String>,
    enabled_events: Option<Vec<String>>,
}

pub(super) fn change_endpoint(call: &mut Call<'_>, id: &str) -> Answer {
    let change: EndpointChange = form(call.body)?;
    call.account.find(id).filter(|o| o["object"] == "webhook_endpoint").ok_or_else(|| missing(id))?;
    let fields = [("url", json!(change.url)), ("enabled_events", json!(change.enabled_events))];
    let given: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_null()).collect();
    Ok(call.account.set(id, &given))
}

pub(super) fn remove(call: &mut Call<'_>, id: &str) -> Answer {
    call.account.find(id).ok_or_else(|| missing(id))?;
    call.account.objects.retain(|object| object["id"] != id);
    Ok(json!({ "id": id, "object": "webhook_endpoint", "deleted": true }))
}
