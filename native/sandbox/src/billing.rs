//! What time brings: ends of trials, renewals, payments that fail and are tried again.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};

use crate::{
    object::{id, number, text},
    state::{Account, State},
};

/// Days between attempts at a payment that failed.
const RETRY: i64 = 3 * 86_400;
/// After so many attempts the subscription ends.
const ATTEMPTS: i64 = 4;
/// More than any calendar of a test has to go through at once.
const STEPS: usize = 10_000;

/// Lets everything happen that is due, each at its own time.
pub(crate) fn run(state: &mut State) {
    let now = state.now();
    for account in state.accounts.values_mut() {
        for _ in 0..STEPS {
            let due = account.all("subscription").into_iter().filter_map(|s| Some((due(account, s)?, text(s, "id"))));
            let Some((at, id)) = due.min().filter(|(at, _)| *at <= now) else { break };
            let id = id.to_owned();
            account.step(&id, at);
        }
        for session in account.objects.iter_mut().filter(|o| text(o, "object") == "checkout.session") {
            if text(session, "status") == "open" && number(session, "expires_at") <= now {
                session["status"] = "expired".into();
            }
        }
    }
}

/// When something happens to a subscription next.
fn due(account: &Account, subscription: &Value) -> Option<i64> {
    match text(subscription, "status") {
        "active" | "trialing" => Some(number(subscription, "current_period_end")),
        "past_due" => account.find(text(subscription, "latest_invoice")).map(|i| number(i, "next_payment_attempt")),
        _ => None,
    }
}

/// A month or a year after `at`, on the same day where the month has one.
pub(crate) fn after(at: i64, interval: &str) -> i64 {
    let span = if interval == "year" { 1.year() } else { 1.month() };
    let start = Timestamp::from_second(at).unwrap_or_default().to_zoned_datetime(TimeZone::UTC);
    start.checked_add(span).map_or(at + 30 * 86_400, |end| end.timestamp().as_second())
}

impl Account {
    fn step(&mut self, id: &str, at: i64) {
        let Some(subscription) = self.find(id).cloned() else { return };
        match text(&subscription, "status") {
            "past_due" => self.retry(&subscription, at),
            _ if subscription["cancel_at_period_end"] == true => self.end(id, at),
            _ => self.renew(&subscription, at),
        }
    }

    /// Sets fields of an object; gives it as it is then.
    pub(crate) fn set(&mut self, id: &str, fields: &[(&str, Value)]) -> Value {
        let Some(object) = self.get(id) else { return Value::Null };
        for (name, value) in fields {
            object[*name] = value.clone();
        }
        object.clone()
    }

    /// Ends a subscription.
    pub(crate) fn end(&mut self, id: &str, at: i64) {
        let fields = [("status", json!("canceled")), ("ended_at", at.into()), ("canceled_at", at.into())];
        let ended = self.set(id, &fields);
        self.emit(at, "customer.subscription.deleted", &ended);
    }

    fn renew(&mut self, subscription: &Value, at: i64) {
        let id = text(subscription, "id");
        let price = subscription["items"]["data"][0]["price"].clone();
        let end = after(at, text(&price["recurring"], "interval"));
        self.set(id, &[("current_period_start", at.into()), ("current_period_end", end.into())]);
        let invoice = self.invoice(&Bill {
            at,
            customer: text(subscription, "customer"),
            subscription,
            price: &price,
            period: (at, end),
            free: false,
        });
        self.set(id, &[("latest_invoice", invoice["id"].clone())]);
        self.charge(id, text(&invoice, "id"), at);
    }

    fn retry(&mut self, subscription: &Value, at: i64) {
        let (id, invoice) = (text(subscription, "id"), text(subscription, "latest_invoice"));
        let attempts = self.find(invoice).map_or(0, |i| number(i, "attempt_count"));
        self.charge(id, invoice, at);
        let unpaid = self.find(id).is_some_and(|s| text(s, "status") == "past_due");
        if unpaid && attempts + 1 >= ATTEMPTS {
            let given_up =
                self.set(invoice, &[("status", "uncollectible".into()), ("next_payment_attempt", Value::Null)]);
            self.emit(at, "invoice.marked_uncollectible", &given_up);
            self.end(id, at);
        }
    }

    /// Charges an invoice of a subscription to the customer's card.
    pub(crate) fn charge(&mut self, subscription: &str, invoice: &str, at: i64) {
        let Some(due) = self.find(invoice).cloned() else { return };
        let good = self.find(text(&due, "customer")).is_some_and(|c| text(c, "_card") == "good");
        if good || number(&due, "total") == 0 {
            self.pay(invoice, at);
            let active = self.set(subscription, &[("status", "active".into())]);
            self.emit(at, "customer.subscription.updated", &active);
            return;
        }
        let fields = [
            ("attempt_count", json!(number(&due, "attempt_count") + 1)),
            ("next_payment_attempt", (at + RETRY).into()),
        ];
        let failed = self.set(invoice, &fields);
        self.emit(at, "invoice.payment_failed", &failed);
        let late = self.set(subscription, &[("status", "past_due".into())]);
        self.emit(at, "customer.subscription.updated", &late);
    }

    /// Takes the money for an invoice; gives the payment.
    pub(crate) fn pay(&mut self, invoice: &str, at: i64) -> Value {
        let Some(due) = self.find(invoice).cloned() else { return Value::Null };
        let total = number(&due, "total");
        let payment = if total > 0 { self.payment(&due, total, at) } else { Value::Null };
        let fields = [
            ("status", json!("paid")),
            ("amount_paid", total.into()),
            ("amount_remaining", 0.into()),
            ("payment_intent", payment["id"].clone()),
            ("charge", payment["latest_charge"].clone()),
            ("next_payment_attempt", Value::Null),
            ("status_transitions", json!({ "paid_at": at })),
        ];
        let paid = self.set(invoice, &fields);
        self.emit(at, "invoice.paid", &paid);
        payment
    }

    fn payment(&mut self, invoice: &Value, amount: i64, at: i64) -> Value {
        let (intent, charge) = (id("pi"), id("ch"));
        let currency = &invoice["currency"];
        let charged = json!({
            "id": charge, "object": "charge", "amount": amount, "amount_captured": amount, "amount_refunded": 0,
            "currency": currency, "customer": invoice["customer"], "invoice": invoice["id"], "payment_intent": intent,
            "refunded": false, "disputed": false, "paid": true, "status": "succeeded", "created": at, "livemode": false,
        });
        self.add(charged);
        self.add(json!({
            "id": intent, "object": "payment_intent", "amount": amount, "amount_received": amount,
            "currency": currency, "customer": invoice["customer"], "invoice": invoice["id"], "latest_charge": charge,
            "status": "succeeded", "metadata": invoice["metadata"], "created": at, "livemode": false,
        }))
    }

    /// Writes an invoice, open.
    pub(crate) fn invoice(&mut self, bill: &Bill<'_>) -> Value {
        let subtotal = if bill.free { 0 } else { number(bill.price, "unit_amount") };
        let discount = self.discount(bill, subtotal);
        let net = subtotal - discount;
        let tax = (net * self.tax + 50) / 100;
        let count = self.all("invoice").len() + 1;
        let product = self.find(text(bill.price, "product")).map_or("", |p| text(p, "name")).to_owned();
        let invoice = id("in");
        self.add(json!({
            "id": invoice, "object": "invoice", "number": format!("SANDBOX-{count:04}"), "customer": bill.customer,
            "subscription": bill.subscription["id"], "status": "open", "currency": bill.price["currency"],
            "subtotal": subtotal, "total_discount_amounts": [{ "amount": discount }], "tax": tax, "total": net + tax,
            "amount_due": net + tax, "amount_paid": 0, "amount_remaining": net + tax,
            "lines": { "object": "list", "data": [{
                "id": id("il"), "object": "line_item", "description": product, "amount": subtotal, "quantity": 1,
                "currency": bill.price["currency"], "price": bill.price,
                "period": { "start": bill.period.0, "end": bill.period.1 },
            }] },
            "payment_intent": null, "charge": null, "created": bill.at, "attempt_count": 0,
            "period_start": bill.period.0, "period_end": bill.period.1, "status_transitions": { "paid_at": null },
            "next_payment_attempt": null, "hosted_invoice_url": null, "metadata": bill.subscription["metadata"],
            "subscription_details": { "metadata": bill.subscription["metadata"] }, "livemode": false,
        }))
    }

    fn discount(&self, bill: &Bill<'_>, subtotal: i64) -> i64 {
        let Some(coupon) = self.find(text(bill.subscription, "_coupon")) else { return 0 };
        let start = match number(bill.subscription, "created") {
            0 => bill.at,
            start => start,
        };
        let holds = match text(coupon, "duration") {
            // A trial's invoice of nothing does not use it up.
            "once" => bill.subscription["_discounted"] != true,
            _ => bill.at < (0..number(coupon, "duration_in_months")).fold(start, |at, _| after(at, "month")),
        };
        match (holds, coupon["percent_off"].as_f64()) {
            (false, _) => 0,
            // Whole percents, rounded as money is.
            (true, Some(percent)) => (subtotal * percent as i64 + 50) / 100,
            (true, None) => number(coupon, "amount_off").min(subtotal),
        }
    }
}

/// What an invoice is for.
pub(crate) struct Bill<'a> {
    pub(crate) at: i64,
    pub(crate) customer: &'a str,
    /// Null, or with `metadata` and `_coupon` alone, where something is bought once.
    pub(crate) subscription: &'a Value,
    pub(crate) price: &'a Value,
    pub(crate) period: (i64, i64),
    /// A trial's.
    pub(crate) free: bool,
}
