//! The whole way, by a browser without JavaScript: register, meet the paywall, subscribe at the sandbox, read, cancel,
//! and lose what was paid for, at once and with the token that was good a moment ago.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use aw_origin_harness::{Who, World};
use serde_json::json;

use crate::text;

/// A browser: it keeps cookies, and goes where it is sent.
struct Browser {
    agent: ureq::Agent,
    edge: SocketAddr,
    host: String,
    cookies: BTreeMap<String, String>,
}

struct Page {
    status: u16,
    text: String,
    location: String,
    refresh: String,
}

impl Browser {
    fn new(edge: SocketAddr, tenant: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None);
        let host = format!("{tenant}.localhost:{}", edge.port());
        Self { agent: config.build().into(), edge, host, cookies: BTreeMap::new() }
    }

    /// The page at a path of the press, or elsewhere at an address.
    fn go(&mut self, to: &str, form: Option<&[(&str, &str)]>) -> Page {
        let here = format!("http://{}", self.host);
        let path = to.strip_prefix(&here).unwrap_or(to);
        let ours = path.starts_with('/');
        let url = if ours { format!("http://{}{path}", self.edge) } else { to.to_owned() };
        let cookie: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = |builder: ureq::http::request::Builder| {
            let builder = if ours { builder.header("host", &self.host) } else { builder };
            if ours && !cookie.is_empty() { builder.header("cookie", cookie.join("; ")) } else { builder }
        };
        let builder = ureq::http::Request::builder().uri(&url);
        let mut response = match form {
            None => self.agent.run(head(builder.method("GET")).body(()).expect("a request")),
            Some(fields) => {
                let body: String =
                    fields.iter().map(|(n, v)| format!("{n}={}", escape(v))).collect::<Vec<_>>().join("&");
                let builder = builder.method("POST").header("content-type", "application/x-www-form-urlencoded");
                self.agent.run(head(builder).body(body).expect("a request"))
            }
        }
        .unwrap_or_else(|e| panic!("{url}: {e}"));
        for value in response.headers().get_all("set-cookie") {
            let pair = value.to_str().expect("ASCII").split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let header = |name: &str| response.headers().get(name).map_or("", |v| v.to_str().expect("ASCII")).to_owned();
        let (location, refresh) = (header("location"), header("refresh"));
        let status = response.status().as_u16();
        Page { status, text: response.body_mut().read_to_string().expect("text"), location, refresh }
    }

    fn get(&mut self, to: &str) -> Page {
        self.go(to, None)
    }

    /// Fills in a form of the page at `path` and sends it.
    fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(path);
        let csrf = value(&page.text, "csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.go(path.split('?').next().expect("a path"), Some(&all))
    }
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// The value of a hidden field.
fn value(page: &str, name: &str) -> String {
    let start = page.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name} in {page}"));
    page[start..].split('"').nth(3).expect("a value").to_owned()
}

/// Waits until `done`, which takes as long as a webhook and a delivery to the edge.
fn soon(what: &str, mut done: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < until, "{what} does not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_reader_pays_reads_cancels_and_reads_no_more() {
    let sandbox = aw_sandbox::start(([127, 0, 0, 1], 0).into(), None).expect("a sandbox");
    let edge = World::edge("eu");
    let world = World::selling(&[&edge], sandbox.addr());
    let _gate = world.gate(&edge);
    let tenant = world.tenant_at("journey", edge.addr().port());
    let operator = Who::operator(&tenant);
    let _ = world.json(&operator, "PUT", "/v1/tiers/gold", &json!({ "name": "Gold" })).expect(201);
    let plan = json!({ "name": "Gold", "grants": "tier:gold", "interval": "month", "amount": 500, "currency": "EUR" });
    let _ = world.json(&operator, "POST", "/v1/plans", &plan).expect(201);
    let manuscript = b"# A Book\n\n## One\n\nIn the beginning.\n\n## Two\n\nThe secret of it.\n";
    let book = world.ask(&operator, "POST", "/v1/imports?kind=markdown&name=a-book.md", &[], manuscript).expect(201);
    let book = book.data()["book"].clone();
    let slug = text(&book, "slug");
    let paid = json!({ "access": "tier:gold", "from": 2 });
    let _ = world.json(&operator, "PATCH", &format!("/v1/books/{slug}/chapters"), &paid).expect(200);
    let _ = world.ask(&operator, "POST", &format!("/v1/books/{slug}/publish"), &[], b"").expect(200);
    soon("what was published", || world.push().2 == 0);

    let mut ada = Browser::new(edge.addr(), &tenant);
    let chapter = format!("/books/{slug}/2");
    let fields = [("email", "ada@example.org"), ("password", "correct horse battery"), ("displayName", "Ada")];
    assert_eq!(ada.submit("/register", &fields).status, 303);
    let wall = ada.get(&chapter);
    assert_eq!((wall.status, wall.text.contains("secret")), (402, false));
    let start = wall.text.find("/subscribe?").expect("a way in");
    let offer = wall.text[start..].split('"').next().expect("an address").replace("&amp;", "&");
    let page = ada.get(&offer);
    let (plan, next) = (value(&page.text, "plan"), value(&page.text, "next"));
    assert_eq!(next, chapter);
    let leaving = ada.submit(&offer, &[("plan", &plan), ("next", &next)]);
    let pay = leaving.refresh.strip_prefix("0; url=").expect("the page that takes the payment").to_owned();
    assert!(ada.get(&pay).text.contains("No money moves"));
    let back = ada.go(&pay, Some(&[("card", "good")]));
    assert_eq!(back.status, 303);
    // Until the provider has told of the payment, the page says so.
    let mut renewed = String::new();
    soon("what was paid for", || {
        let settling = ada.get(&back.location);
        renewed = settling.location;
        settling.status == 303
    });
    let continued = ada.get(&renewed);
    assert_eq!((continued.status, continued.location.as_str()), (303, chapter.as_str()));
    assert!(ada.get(&chapter).text.contains("The secret of it."));
    assert!(ada.get("/account/subscription").text.contains("the tier gold"));

    // The very token that reads now reads no more, long before it expires.
    let leaving = ada.submit("/account/subscription", &[("do", "portal")]);
    let portal = leaving.refresh.strip_prefix("0; url=").expect("the portal").to_owned();
    let subscription = value(&ada.get(&portal).text, "subscription");
    let token = ada.cookies["aw_access"].clone();
    assert_eq!(ada.go(&portal, Some(&[("subscription", &subscription), ("action", "cancel-now")])).status, 303);
    soon("the end", || {
        let page = ada.get(&chapter);
        ada.cookies.insert("aw_access".to_owned(), token.clone());
        page.status != 200
    });
    // Sent to refresh, the browser comes back as a reader who has not paid.
    let stale = ada.get(&chapter);
    assert_eq!(stale.status, 303);
    assert_eq!(ada.get(&stale.location).location, chapter);
    let wall = ada.get(&chapter);
    assert_eq!((wall.status, wall.text.contains("secret")), (402, false));
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM derived_entitlements"), ["0"]);
    sandbox.stop();
}
