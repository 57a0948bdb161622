//! A press that sells at a sandbox of its own, and what a browser does at the sandbox's pages.

use std::{
    net::Ipv4Addr,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use aw_origin_harness::{Answer, Who, World};
use aw_trust::webhook;
use serde_json::{Value, json};

use crate::{Reader, leaving::Way, text};

/// The secret that webhooks are signed with.
pub(crate) const SECRET: &str = "whsec_0123456789abcdef";

/// The press and its sandbox.
pub(crate) struct Till {
    pub(crate) world: World,
    pub(crate) tenant: String,
    pub(crate) key: String,
    sandbox: aw_sandbox::Running,
    agent: ureq::Agent,
}

pub(crate) fn now_s() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_secs()
}

impl Till {
    pub(crate) fn new(tenant: &str) -> Self {
        let sandbox = aw_sandbox::start(([127, 0, 0, 1], 0).into(), None).expect("a sandbox");
        let world = World::selling(&[], sandbox.addr());
        Self::of(sandbox, world, tenant)
    }

    /// One that shares its database with nobody: what is due is done for every tenant there is, and another till's
    /// sandbox knows nothing of this one's subscriptions.
    pub(crate) fn apart(tenant: &str) -> Self {
        let sandbox = aw_sandbox::start(([127, 0, 0, 1], 0).into(), None).expect("a sandbox");
        let world = World::selling(&[&World::edge("none")], sandbox.addr());
        Self::of(sandbox, world, tenant)
    }

    /// The same, with a way to its sandbox that can be cut.
    pub(crate) fn with_way(tenant: &str) -> (Self, Way) {
        let sandbox = aw_sandbox::start(([127, 0, 0, 1], 0).into(), None).expect("a sandbox");
        let way = Way::to(sandbox.addr());
        let world = World::selling(&[&World::edge("none")], way.addr);
        (Self::of(sandbox, world, tenant), way)
    }

    fn of(sandbox: aw_sandbox::Running, world: World, tenant: &str) -> Self {
        let tenant = world.tenant(tenant);
        let key = format!("sk_sandbox_{tenant}_0123456789");
        let body = json!({ "kind": "sandbox", "apiKey": key, "webhookSecrets": [SECRET] });
        let _ = world.json(&Who::operator(&tenant), "PUT", "/v1/payment-provider", &body).expect(200);
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None);
        Self { world, tenant, key, sandbox, agent: config.build().into() }
    }

    /// Posts a form to the sandbox; gives the status and where it redirects to.
    pub(crate) fn post(&self, target: &str, form: &[(&str, &str)]) -> (u16, String) {
        // By whichever way it was reached.
        let target =
            target.strip_prefix("http://").and_then(|rest| rest.find('/').map(|n| &rest[n..])).unwrap_or(target);
        let request = self.agent.post(format!("http://{}{target}", self.sandbox.addr()));
        let response = request.header("authorization", format!("Bearer {}", self.key)).send_form(form.iter().copied());
        let response = response.expect("the sandbox answers");
        let to = response.headers().get("location").map(|v| v.to_str().expect("ASCII").to_owned());
        (response.status().as_u16(), to.unwrap_or_default())
    }

    /// What the sandbox's API has.
    pub(crate) fn get(&self, target: &str) -> Value {
        let request = self.agent.get(format!("http://{}{target}", self.sandbox.addr()));
        let response = request.header("authorization", format!("Bearer {}", self.key)).call();
        let text = response.expect("the sandbox answers").body_mut().read_to_string().expect("text");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Moves the sandbox's clock by so many days.
    pub(crate) fn days(&self, days: i64) {
        let by = (days * 86_400).to_string();
        assert_eq!(self.post("/sandbox/clock", &[("advance", &by)]).0, 200);
    }

    /// Everything that happened, the first first.
    pub(crate) fn events(&self) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all.last().map_or(String::new(), |last| format!("&starting_after={}", text(last, "id")));
            let page = self.get(&format!("/v1/events?limit=100{after}"));
            all.extend(page["data"].as_array().expect("a list").iter().cloned());
            if page["has_more"] == false {
                all.reverse();
                return all;
            }
        }
    }

    /// Tells the press of an event, as the provider does.
    pub(crate) fn tell(&self, event: &Value) -> Answer {
        let body = event.to_string();
        self.told(body.as_bytes(), &webhook::sign(body.as_bytes(), &[SECRET], now_s()))
    }

    /// Tells the press of something with that signature.
    pub(crate) fn told(&self, body: &[u8], signature: &str) -> Answer {
        let who = Who::stranger(&self.tenant, Ipv4Addr::new(192, 0, 2, 1).into());
        let fields = [("content-type", "application/json; charset=utf-8"), ("stripe-signature", signature)];
        self.world.ask(&who, "POST", "/v1/webhooks/payments", &fields, body)
    }

    /// Tells the press of everything that happened.
    pub(crate) fn tell_all(&self) {
        for event in self.events() {
            let _ = self.tell(&event).expect(200);
        }
    }

    /// Begins a checkout.
    pub(crate) fn checkout(&self, reader: &Reader, body: &Value) -> Answer {
        self.world.json(&reader.who, "POST", "/v1/checkouts", body)
    }

    /// Buys, with a card that works (`good`) or will not for long (`failing`).
    pub(crate) fn buy(&self, reader: &Reader, body: &Value, card: &str) {
        let checkout = self.checkout(reader, body).expect(201).data();
        let (status, to) = self.post(text(&checkout, "url"), &[("card", card)]);
        assert_eq!(status, 303);
        assert!(to.contains("/subscribe?checkout=") && to.contains("&next=%2F"), "{to}");
    }

    /// Does something at the portal.
    pub(crate) fn portal(&self, reader: &Reader, form: &[(&str, &str)]) {
        let portal = self.world.ask(&reader.who, "POST", "/v1/portal-sessions", &[], b"").expect(201).data();
        assert_eq!(self.post(text(&portal, "url"), form).0, 303);
    }

    /// The reader's subscription at the provider that was begun last.
    pub(crate) fn subscription(&self) -> Value {
        self.get("/v1/subscriptions?status=all")["data"][0].clone()
    }

    /// Does what is due.
    pub(crate) fn work(&self) -> Value {
        self.work_after(|| {})
    }

    /// Does what is due once `made` has made it so.
    pub(crate) fn work_after(&self, made: impl FnOnce()) -> Value {
        work_after(&self.world, made)
    }

    /// What the reader has by the ledger.
    pub(crate) fn mine(&self, reader: &Reader, what: &str) -> Value {
        self.world.get(&reader.who, &format!("/v1/me/{what}")).expect(200).data()
    }
}

/// Does what is due once `made` has made it so. It is done for every tenant of a shared database: no other test's work
/// comes between.
pub(crate) fn work_after(world: &World, made: impl FnOnce()) -> Value {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    made();
    world.ask(&Who::operator(""), "POST", "/_aw/work/subscription", &[], b"").expect(200).data()
}
