//! What happened, and who is told.

use serde_json::{Value, json};

use crate::{
    object::{id, shown, text},
    state::{Account, Delivery, machine_ms},
};

/// The version of the API that objects are written in.
pub(crate) const VERSION: &str = "2024-06-20";

impl Account {
    /// Notes that `object` is so since `at`, and has every endpoint told.
    pub(crate) fn emit(&mut self, at: i64, kind: &str, object: &Value) {
        let event = json!({
            "id": id("evt"), "object": "event", "api_version": VERSION, "created": at, "livemode": false,
            "pending_webhooks": 1, "type": kind, "data": { "object": shown(object) }, "request": null,
        });
        let body = event.to_string();
        let endpoints: Vec<(String, String)> = self
            .all("webhook_endpoint")
            .into_iter()
            .filter(|e| e["enabled_events"].as_array().is_some_and(|all| all.iter().any(|n| n == "*" || n == kind)))
            .map(|e| (text(e, "url").to_owned(), text(e, "_secret").to_owned()))
            .collect();
        for (url, secret) in endpoints {
            let next = self.deliveries.last().map_or(0, |d| d.id + 1);
            let delivery = Delivery { id: next, url, secret, body: body.clone(), attempts: 0, due: machine_ms() };
            self.deliveries.push(delivery);
        }
        self.events.push(event);
    }
}
