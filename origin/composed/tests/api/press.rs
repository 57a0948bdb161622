//! A press with people of every kind, and an edge in front of it.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    net::Ipv4Addr,
};

use aw_origin_harness::{Answer, Site, Who, World};
use serde_json::{Value, json};

use crate::text;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// The secret that the provider of payments signs what it tells with.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_0123456789abcdef";

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) token: String,
    pub(crate) refresh: String,
}

/// A tenant.
pub(crate) struct Press<'w> {
    pub(crate) world: &'w World,
    pub(crate) tenant: String,
    /// In every text that strangers may not read.
    pub(crate) marker: String,
    /// The issuer of an identity provider that can be named.
    pub(crate) issuer: &'w str,
    site: &'w Site,
    people: RefCell<BTreeMap<String, Person>>,
    count: Cell<u32>,
}

/// Origin, edge and provider of payments.
pub(crate) struct Place {
    pub(crate) world: World,
    pub(crate) site: Site,
    pub(crate) issuer: String,
    _sandbox: aw_sandbox::Running,
}

impl Place {
    pub(crate) fn new() -> Self {
        let sandbox = aw_sandbox::start(([127, 0, 0, 1], 0).into(), None).expect("a sandbox");
        let provider = aw_identity::Provider::start().expect("a provider");
        let world = World::with_neighbours(sandbox.addr(), provider.addr);
        let site = world.site();
        Self { world, site, issuer: provider.issuer(), _sandbox: sandbox }
    }

    /// A new press that sells.
    pub(crate) fn press(&self, tenant: &str) -> Press<'_> {
        let tenant = self.world.tenant(tenant);
        let press = Press {
            world: &self.world,
            site: &self.site,
            marker: format!("private-of-{tenant}"),
            issuer: &self.issuer,
            tenant,
            people: RefCell::default(),
            count: Cell::new(0),
        };
        let account = json!({ "kind": "sandbox", "apiKey": press.key(),
            "webhookSecrets": [WEBHOOK_SECRET] });
        let _ = press.operator("PUT", "/v1/payment-provider", &account).expect(200);
        let quotas = json!({ "requestsPerMinute": 4_000_000, "jobs": 1_000 });
        let _ = press.operator("PUT", &format!("/v1/tenants/{}/quotas", press.tenant), &quotas).expect(200);
        press
    }
}

impl Press<'_> {
    /// Another number each time.
    pub(crate) fn next(&self) -> u32 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    /// The press's key at the provider of payments.
    pub(crate) fn key(&self) -> String {
        format!("sk_sandbox_{}_0123456789", self.tenant)
    }

    /// Another UUID each time, that no other press has.
    pub(crate) fn uuid(&self) -> String {
        let salt = self.tenant.bytes().map(u32::from).sum::<u32>() & 0xfff;
        format!("018f0000-0000-7000-8{salt:03x}-{:012x}", self.next())
    }

    /// The somebody of that name, who has these roles since they were first asked for.
    pub(crate) fn person(&self, name: &str, role: &str) -> Person {
        if let Some(person) = self.people.borrow().get(name) {
            return person.clone();
        }
        let person = self.register(name, role);
        self.people.borrow_mut().insert(name.to_owned(), person.clone());
        person
    }

    /// As [`person`](Self::person), but somebody new each time.
    pub(crate) fn somebody(&self, role: &str) -> Person {
        self.register(&format!("somebody-{}", self.next()), role)
    }

    /// As [`somebody`](Self::somebody), who has not proved the address.
    pub(crate) fn unproved(&self, role: &str) -> Person {
        let person = self.somebody(role);
        self.world.sql(&self.tenant, &format!("UPDATE users SET email_verified_at = NULL WHERE id = '{}'", person.id));
        person
    }

    /// Registers, proves the address and has a token with the role.
    fn register(&self, name: &str, role: &str) -> Person {
        let email = format!("{name}@{}.example", self.marker);
        let who = self.unthrottled();
        let account = json!({ "email": email, "password": PASSWORD, "displayName": format!("{name} {}", self.marker) });
        let made = self.world.json(&who, "POST", "/v1/auth/register", &account).expect(201).data();
        let id = text(&made["user"], "id").to_owned();
        let roles: Vec<&str> = role.split(',').collect();
        let _ = self.operator("PATCH", &format!("/v1/users/{id}"), &json!({ "roles": roles })).expect(200);
        self.world.sql(&self.tenant, &format!("UPDATE users SET email_verified_at = now() WHERE id = '{id}'"));
        let refresh = json!({ "refreshToken": text(&made, "refreshToken") });
        let tokens = self.world.json(&who, "POST", "/v1/auth/refresh", &refresh).expect(200).data();
        assert_eq!(tokens["user"]["roles"], json!(roles));
        let own = |name: &str| text(&tokens, name).to_owned();
        Person { id, email, token: own("accessToken"), refresh: own("refreshToken") }
    }

    /// Somebody at an address of their own, whom no throttle knows.
    fn unthrottled(&self) -> Who {
        let [_, _, a, b] = self.next().to_be_bytes();
        Who::stranger(&self.tenant, Ipv4Addr::new(198, 18, a, b).into())
    }

    /// Asks the origin as the operator.
    pub(crate) fn operator(&self, method: &str, target: &str, body: &Value) -> Answer {
        let fields = [("content-type", "application/json"), ("if-match", "*")];
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.world.ask(&Who::operator(&self.tenant), method, target, &fields, &body)
    }

    /// Makes something as the operator; gives its data.
    pub(crate) fn make(&self, target: &str, body: &Value) -> Value {
        self.operator("POST", target, body).expect(201).data()
    }

    /// Asks the edge at this press's host.
    pub(crate) fn stranger(&self, method: &str, target: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
        let host = format!("{}.localhost", self.tenant);
        let mut all = vec![("host", host.as_str())];
        all.extend(fields);
        self.world.fetch(method, &format!("http://{}{target}", self.site.addr()), &all, body)
    }

    /// The same, with a token.
    pub(crate) fn ask(
        &self,
        token: Option<&str>,
        (method, target): (&str, &str),
        fields: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut all: Vec<(&str, &str)> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
        all.extend(fields);
        self.stranger(method, target, &all, body)
    }

    /// Asks the origin as the edge does for somebody with that role.
    pub(crate) fn behind_the_edge(
        &self,
        person: &Person,
        role: &str,
        (method, target): (&str, &str),
        fields: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let who = Who::stranger(&self.tenant, Ipv4Addr::new(192, 0, 2, 9).into()).user(&person.id, role);
        self.world.ask(&who, method, target, fields, body)
    }

    /// The same with JSON, as somebody.
    pub(crate) fn json(&self, person: &Person, method: &str, target: &str, body: &Value) -> Answer {
        let fields = [("content-type", "application/json"), ("if-match", "*")];
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.ask(Some(&person.token), (method, target), &fields, &body)
    }
}
