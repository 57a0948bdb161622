//! The pages that a reader's browser is sent to. They need no JavaScript.

use aw_platform::http::Method;
use serde_json::{Value, json};

use crate::{
    api::disputes::is_decided,
    app::{Reply, field},
    billing::{Bill, after},
    object::{id, number, text},
    pages,
    state::{Account, State},
};

/// `/pay/SESSION` and `/portal/SESSION`: who has the session's id is the one it was made for.
pub(crate) fn answer(state: &mut State, method: &Method, path: &[&str], body: &[u8]) -> Reply {
    let now = state.now();
    let none = || Reply::Page(404, pages::message("There is no such session", ""));
    let [kind, id] = *path else { return none() };
    let object = if kind == "pay" { "checkout.session" } else { "billing_portal.session" };
    let Some(account) = state.owner(id) else { return none() };
    let Some(session) = account.find(id).filter(|o| text(o, "object") == object).cloned() else { return none() };
    match (kind, method.as_str()) {
        ("pay", "GET") => pay(account, &session, None),
        ("pay", "POST") => match field(body, "card").as_deref() {
            Some(card @ ("good" | "failing")) => complete(account, &session, card, now),
            Some("declined") => pay(account, &session, Some("The card was declined. Try another.")),
            _ => pay(account, &session, Some("Choose a card.")),
        },
        ("portal", "GET") => Reply::Page(200, pages::portal(account, &session)),
        ("portal", "POST") => {
            act(account, &session, body, now);
            Reply::Go(format!("/portal/{id}"))
        }
        _ => Reply::Page(405, pages::message("This page does not know that method", "")),
    }
}

fn pay(account: &Account, session: &Value, error: Option<&str>) -> Reply {
    match text(session, "status") {
        "open" => {
            let status = if error.is_some() { 402 } else { 200 };
            Reply::Page(status, pages::pay(account, session, error))
        }
        status => Reply::Page(410, pages::message(&format!("This session is {status}"), text(session, "cancel_url"))),
    }
}

/// The reader has paid.
fn complete(account: &mut Account, session: &Value, card: &str, now: i64) -> Reply {
    if text(session, "status") != "open" {
        return pay(account, session, None);
    }
    let id = text(session, "id");
    let customer = text(session, "customer");
    account.set(customer, &[("_card", card.into())]);
    // A card that fails from its first renewal on is good today.
    let (invoice, subscription, payment) = if text(session, "mode") == "subscription" {
        subscribe(account, session, now)
    } else {
        let buyer = json!({ "metadata": session["_metadata"], "_coupon": session["_coupon"] });
        let bill = Bill {
            at: now,
            customer,
            subscription: &buyer,
            price: &session["_price"],
            period: (now, now),
            free: false,
        };
        let invoice = account.invoice(&bill);
        let payment = account.pay(text(&invoice, "id"), now);
        (invoice, Value::Null, payment)
    };
    let discount = invoice["total_discount_amounts"][0]["amount"].clone();
    let fields = [
        ("status", json!("complete")),
        ("payment_status", json!(if number(&invoice, "total") == 0 { "no_payment_required" } else { "paid" })),
        ("subscription", subscription),
        ("payment_intent", if text(session, "mode") == "payment" { payment["id"].clone() } else { Value::Null }),
        ("invoice", invoice["id"].clone()),
        ("amount_subtotal", invoice["subtotal"].clone()),
        ("amount_total", invoice["total"].clone()),
        ("total_details", json!({ "amount_discount": discount, "amount_tax": invoice["tax"] })),
    ];
    let done = account.set(id, &fields);
    account.emit(now, "checkout.session.completed", &done);
    Reply::Go(text(session, "success_url").replace("{CHECKOUT_SESSION_ID}", id))
}

/// Begins a subscription: its first invoice, itself and its payment.
fn subscribe(account: &mut Account, session: &Value, now: i64) -> (Value, Value, Value) {
    let price = &session["_price"];
    let trial = number(session, "_trial");
    let end = if trial > 0 { now + trial * 86_400 } else { after(now, text(&price["recurring"], "interval")) };
    let trial_end = if trial > 0 { Value::from(end) } else { Value::Null };
    let new = json!({
        "id": id("sub"), "object": "subscription", "customer": session["customer"],
        "status": if trial > 0 { "trialing" } else { "active" }, "current_period_start": now,
        "current_period_end": end, "trial_end": trial_end, "cancel_at_period_end": false, "canceled_at": null,
        "ended_at": null, "created": now, "currency": price["currency"], "metadata": session["_metadata"],
        "items": { "object": "list", "data": [{ "id": id("si"), "object": "subscription_item", "price": price }] },
        "latest_invoice": null, "livemode": false, "_coupon": session["_coupon"],
    });
    let subscription = account.add(new);
    let id = text(&subscription, "id");
    let bill = Bill {
        at: now,
        customer: text(session, "customer"),
        subscription: &subscription,
        price,
        period: (now, end),
        free: trial > 0,
    };
    let invoice = account.invoice(&bill);
    let begun = account.set(id, &[("latest_invoice", invoice["id"].clone()), ("_discounted", (trial == 0).into())]);
    account.emit(now, "customer.subscription.created", &begun);
    let payment = account.pay(text(&invoice, "id"), now);
    (invoice, subscription["id"].clone(), payment)
}

/// What the reader does at the portal.
fn act(account: &mut Account, session: &Value, body: &[u8], now: i64) {
    let customer = text(session, "customer");
    if let Some(card @ ("good" | "failing")) = field(body, "card").as_deref() {
        account.set(customer, &[("_card", card.into())]);
        let late: Vec<(String, String)> = account
            .all("subscription")
            .into_iter()
            .filter(|s| text(s, "customer") == customer && text(s, "status") == "past_due")
            .map(|s| (text(s, "id").to_owned(), text(s, "latest_invoice").to_owned()))
            .collect();
        for (subscription, invoice) in late {
            account.charge(&subscription, &invoice, now);
        }
        return;
    }
    let own = |account: &Account, id: &str| account.find(id).is_some_and(|o| text(o, "customer") == customer);
    if let Some(charge) = field(body, "charge").filter(|id| own(account, id)) {
        account.dispute(&charge, None, field(body, "action").as_deref() == Some("inquire"), now);
        return;
    }
    if let Some(id) = field(body, "dispute") {
        let open = account.find(&id).filter(|d| d["object"] == "dispute" && !is_decided(d));
        if open.is_some_and(|d| own(account, text(d, "charge"))) {
            account.decide(&id, field(body, "action").as_deref() == Some("win"), now);
        }
        return;
    }
    let Some(id) = field(body, "subscription") else { return };
    let mine = account.find(&id).is_some_and(|s| text(s, "customer") == customer && text(s, "status") != "canceled");
    if !mine {
        return;
    }
    match field(body, "action").as_deref() {
        Some("cancel-now") => account.end(&id, now),
        Some(action @ ("cancel" | "resume")) => {
            let changed = account.set(&id, &[("cancel_at_period_end", (action == "cancel").into())]);
            account.emit(now, "customer.subscription.updated", &changed);
        }
        _ => {}
    }
}
