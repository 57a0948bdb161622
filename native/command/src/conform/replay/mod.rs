//! The differential replay: what a runtime answers to a request is what native answers to it, byte for byte.

mod compare;
mod corpus;

use std::sync::Arc;

use aw_conformance::replay as data;

use super::{
    run::Case,
    site::{self, Site},
    wire::{self, Reply},
    world::World,
};
use compare::Rules;
use corpus::Request;

/// What was answered, or why nothing was.
type Answer = Result<Reply, String>;

/// A corpus with native's answers to it.
pub(crate) struct Replay {
    prefix: &'static str,
    requests: Vec<(Request, Answer)>,
    rules: Arc<Rules>,
}

impl Replay {
    /// Records native's answers to the requests to the fixture, in a world of native's own.
    ///
    /// # Errors
    /// The corpus is not what a corpus is.
    pub(crate) fn fixture(native: &World) -> Result<Self, String> {
        Self::record("diff-fixture", data::FIXTURE, native, &|text| text.to_owned())
    }

    /// Records native's answers to the requests to the gateway, on a world where `site` is published.
    ///
    /// # Errors
    /// The corpus is not what a corpus is.
    pub(crate) fn gateway(native: &World, site: &Site) -> Result<Self, String> {
        Self::record("diff-gateway", data::GATEWAY, native, &|text| filled(text, site))
    }

    fn record(
        prefix: &'static str,
        corpus: &str,
        world: &World,
        fill: &dyn Fn(&str) -> String,
    ) -> Result<Self, String> {
        let rules = Arc::new(Rules::parse(data::RULES)?);
        let requests = corpus::parse(corpus)?.into_iter().map(|request| {
            let request = request.map(fill);
            let answer = ask(world, &request);
            (request, answer)
        });
        Ok(Self { prefix, requests: requests.collect(), rules })
    }

    /// One case for each request.
    pub(crate) fn cases(&self) -> impl Iterator<Item = Case> {
        self.requests.iter().cloned().map(|(request, expected)| {
            let rules = self.rules.clone();
            Case::new(format!("{}-{}", self.prefix, request.name), move |world| {
                let expected = expected.map_err(|why| format!("native itself did not answer: {why}"))?;
                let reply = ask(world, &request)?;
                rules.compare(&expected, &reply)
            })
        })
    }
}

fn ask(world: &World, request: &Request) -> Answer {
    let mut fields: Vec<(&str, &[u8])> = vec![("X-Request-ID", b"replay")];
    if !request.headers.iter().any(|(name, _)| name == "Host") {
        fields.push(("Host", site::HOST.as_bytes()));
    }
    fields.extend(request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
    let bytes = wire::request(&request.method, &request.target, &fields, &request.body());
    let send = || {
        let mut connection = world.connect()?;
        // A server may answer before it has read everything, and close.
        let sent = connection.send(&bytes);
        connection.reply(&request.method).map_err(|e| sent.err().unwrap_or(e))
    };
    send().map_err(|e: std::io::Error| format!("the connection: {e}"))
}

/// Fills the places `{token:READER}`, `{page:N}` (the SHA-256 of chapter N's page), `{asset:SIZE}` and `{book}` (the
/// book's id).
fn filled(text: &str, site: &Site) -> String {
    let mut out = text.to_owned();
    for (name, reader) in site::Reader::ALL {
        let place = format!("{{token:{name}}}");
        if out.contains(&place) {
            out = out.replace(&place, &site.token(reader));
        }
    }
    for chapter in &site.book.manifest.chapters {
        out = out.replace(&format!("{{page:{}}}", chapter.number), &chapter.page.sha256);
        out = out.replace(&format!("{{data:{}}}", chapter.number), &chapter.data.sha256);
    }
    for (name, asset) in &site.book.manifest.assets {
        out = out.replace(&format!("{{asset:{}}}", asset.object.size), name);
    }
    out.replace("{book}", &site.book.manifest.book.id)
}
