//! A press with a real book, at every edge, with relays between the origin and the edges.

use std::{
    net::SocketAddr,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use aw_runtimes::cache;
use http::Method;
use serde_json::{Value, json};

use super::{
    reader::{HOST, stranger},
    relay::Relay,
    said,
};
use crate::{
    failure::Failure,
    import::{self, Source},
    suites::installation::Installation,
    up::{On, OriginOn, Plan},
};

/// The tenant's id.
pub(super) const TENANT: &str = "press";
/// The book's slug, and how many chapters it has.
pub(super) const BOOK: (&str, usize) = ("pride-and-prejudice", 61);
/// Chapters up to here are free, from there for members.
pub(super) const FREE: usize = 20;
/// Chapters from here are for who pays.
const PAID: usize = 31;
/// The tier of who pays.
const TIER: &str = "tier:gold";
/// How long a delivery may take to arrive by itself on a busy machine.
const ARRIVAL: Duration = Duration::from_secs(90);

const EMAIL: &str = "lizzy@longbourn.example";
const PASSWORD: &str = "a truth universally acknowledged";

/// An edge.
pub(super) struct Edge {
    /// Its name: the platform's.
    pub(super) name: String,
    /// Where it is read.
    pub(super) addr: SocketAddr,
    /// What the origin's deliveries to it pass.
    pub(super) relay: Arc<Relay>,
}

/// The press.
pub(super) struct Press {
    /// Everything that runs.
    pub(super) site: Installation,
    /// The edges.
    pub(super) edges: Vec<Edge>,
    /// The access token of a reader who pays.
    pub(super) token: String,
    id: String,
}

impl Press {
    /// Starts everything in a new folder, imports the book, has a reader pay, publishes, and waits until every edge
    /// has it.
    ///
    /// # Errors
    /// A step fails: in its words.
    pub(super) fn open(edges: &[On]) -> Result<Self, Failure> {
        let (site, edges) = Installation::start("skeleton", edges, OriginOn::Native, edges_of)?;
        let id = book(&site)?;
        let mut press = Self { site, edges, token: String::new(), id };
        press.publish()?;
        press.arrived("Chapter 1").map_err(Failure::new)?;
        press.token = press.reader().map_err(Failure::new)?;
        Ok(press)
    }

    /// Stops everything and removes the folder.
    pub(super) fn close(self) {
        self.site.close();
    }

    /// Publishes the book as it is.
    ///
    /// # Errors
    /// The origin says no.
    pub(super) fn publish(&self) -> Result<(), Failure> {
        let path = format!("/v1/books/{}/publish", self.id);
        self.site.operator.json(Method::POST, &path, Some(TENANT), &Value::Null).map(drop)
    }

    /// Gives the first chapter another title.
    ///
    /// # Errors
    /// The origin says no.
    pub(super) fn retitle(&self, title: &str) -> Result<(), Failure> {
        let draft = format!("/v1/drafts/{}/chapters/1", self.id);
        let draft = self.site.operator.json(Method::GET, &draft, Some(TENANT), &Value::Null)?;
        let version = format!("\"{}\"", draft["version"]);
        let body = json!({ "title": title, "html": draft["html"], "access": draft["access"] });
        let headers = [("if-match", version.as_str()), ("content-type", "application/json")];
        let path = format!("/v1/books/{}/chapters/1", self.id);
        self.site
            .operator
            .ask(Method::PUT, &path, Some(TENANT), &headers, body.to_string().into_bytes())?
            .data()
            .map(drop)
    }

    /// Waits until every edge serves the first chapter under this title.
    ///
    /// # Errors
    /// One does not, for a minute and a half.
    pub(super) fn arrived(&self, title: &str) -> Result<(), String> {
        let until = Instant::now() + ARRIVAL;
        loop {
            let late = self.edges.iter().find(|edge| title_at(edge).as_deref() != Ok(title));
            match late {
                None => return Ok(()),
                Some(edge) if Instant::now() > until => {
                    return Err(format!("{} serves {:?} and not {title:?}", edge.name, title_at(edge)));
                }
                Some(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
    }

    /// Registers somebody, gives them what a payment gives, and logs them in: their access token.
    fn reader(&self) -> Result<String, String> {
        let mut edge = stranger(self.edges[0].addr);
        let json = [("content-type", "application/json")];
        let credentials = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
        let mut ask = |path: &str, expected: u16| {
            let reply = edge.ask("POST", path, &json, credentials.as_bytes())?;
            if reply.status() != expected {
                return Err(format!("{path} answers {} {}", reply.status(), reply.text()));
            }
            serde_json::from_slice::<Value>(&reply.body).map_err(|e| e.to_string())
        };
        ask("/v1/auth/register", 201)?;
        let path = format!("/v1/users/{}", crate::operator::escape(EMAIL));
        self.site
            .operator
            .json(Method::PATCH, &path, Some(TENANT), &json!({ "entitlements": [TIER] }))
            .map_err(said)?;
        let login = ask("/v1/auth/login", 200)?;
        let token = login["data"]["accessToken"].as_str();
        token.map(str::to_owned).ok_or_else(|| format!("no token in {login}"))
    }
}

/// The title under which an edge serves the first chapter.
pub(super) fn title_at(edge: &Edge) -> Result<String, String> {
    let reply = stranger(edge.addr).get(&format!("/books/{}/1", BOOK.0))?;
    let text = reply.text();
    let title = text.split_once("<h1>").and_then(|(_, rest)| rest.split_once("</h1>"));
    title.map(|(title, _)| title.to_owned()).ok_or_else(|| format!("{} without a title", reply.status()))
}

/// Puts a relay before every edge of the plan.
fn edges_of(plan: &mut Plan) -> Result<Vec<Edge>, Failure> {
    let mut edges = Vec::new();
    for part in &plan.edges {
        let port = part.launch.port.unwrap_or_default();
        let addr = SocketAddr::from(([127, 0, 0, 1], port));
        let relay = Relay::start(addr).map_err(|e| Failure::new(format!("relay: {e}")))?;
        let url = format!("http://{}", relay.addr());
        plan.origin.launch.backends.insert(format!("edge-{}", part.name), url);
        edges.push(Edge { name: part.name.clone(), addr, relay });
    }
    Ok(edges)
}

/// Makes the tenant and imports the book; the book's id.
fn book(Installation { stack, operator, .. }: &Installation) -> Result<String, Failure> {
    let url = stack.running().edges[0].url.replace("127.0.0.1", HOST);
    let tenant = json!({ "id": TENANT, "name": "Longbourn Press", "hosts": [HOST], "baseUrl": url });
    operator.json(Method::POST, "/v1/tenants", None, &tenant)?;
    let file = cache::checkout().join("tests/books").join(format!("{}.epub", BOOK.0));
    let book = import::import(operator, TENANT, Source::read(&file)?, None)?;
    let id = book["id"].as_str().ok_or_else(|| Failure::new(format!("no id in {book}")))?.to_owned();
    let path = format!("/v1/books/{id}/chapters");
    for (access, from, to) in [("members", FREE + 1, PAID - 1), (TIER, PAID, BOOK.1)] {
        let range = json!({ "access": access, "from": from, "to": to });
        operator.json(Method::PATCH, &path, Some(TENANT), &range)?;
    }
    Ok(id)
}
