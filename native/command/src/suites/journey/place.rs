//! Where the journey goes: an installation of two presses and one edge.

use std::net::SocketAddr;

use aw_identity::Provider;
use aw_model::names;
use aw_runtimes::setup;
use serde_json::Value;

use crate::{
    failure::Failure,
    operator::Operator,
    suites::{client::Client, installation::Installation},
    up::{On, OriginOn, Typesetter},
};

/// The press that sells.
pub(super) const PRESS: &str = "longbourn";
/// Another, which has nothing to do with it.
pub(super) const OTHER: &str = "netherfield";

/// An installation.
pub(super) struct Place {
    /// The platform of its origin; its edge is on the same.
    pub(super) on: OriginOn,
    /// What runs.
    pub(super) site: Installation,
    /// The edge.
    pub(super) edge: SocketAddr,
    /// The worker that makes PDFs, once it was started.
    typesetter: Option<Typesetter>,
    /// Where people have accounts that are good at a press.
    pub(super) provider: Provider,
}

impl Place {
    /// Builds the deployables: what [`open`](Self::open) would wait for.
    pub(super) fn build(on: OriginOn) -> Result<(), String> {
        let all = aw_runtimes::all();
        let runtime = all.iter().find(|runtime| runtime.name() == on.name()).ok_or("there is no such platform")?;
        let built = ["origin", "gateway"].into_iter().try_for_each(|app| runtime.build(app).map(drop));
        built.and_then(|()| setup::TYPESETTER.get().map(drop)).map_err(|e| e.to_string())
    }

    /// Starts everything.
    ///
    /// # Errors
    /// A part does not start.
    pub(super) fn open(on: OriginOn) -> Result<Self, Failure> {
        let edge = match on {
            OriginOn::Native => On::Native,
            OriginOn::Spin => On::Spin,
        };
        let name = format!("journey-{}", on.name());
        let provider = Provider::start().map_err(|e| Failure::new(format!("the identity provider: {e}")))?;
        let (site, edge) = Installation::start(&name, &[edge], on, |plan| {
            plan.origin.launch.backends.insert(names::IDENTITY.to_owned(), provider.issuer());
            let port = plan.edges.first().and_then(|part| part.launch.port).unwrap_or_default();
            Ok(SocketAddr::from(([127, 0, 0, 1], port)))
        })?;
        Ok(Self { on, site, edge, typesetter: None, provider })
    }

    /// Starts the worker that makes PDFs, as `up` does beside either origin.
    pub(super) fn typeset(&mut self) -> Result<(), String> {
        let mut typesetter = self.site.typesetter();
        match typesetter.tend() {
            None => self.typesetter = Some(typesetter),
            Some(trouble) => return Err(trouble),
        }
        Ok(())
    }

    /// Stops everything.
    pub(super) fn close(mut self) {
        self.typesetter = None;
        self.site.close();
    }

    /// A press's host, as a browser names it.
    pub(super) fn host(&self, press: &str) -> String {
        format!("{press}.localhost:{}", self.edge.port())
    }

    /// A stranger at a press.
    pub(super) fn stranger(&self, press: &str) -> Client {
        Client::stranger(self.edge, &self.host(press))
    }

    /// What the operator's command asks for.
    pub(super) fn operator(
        &self,
        method: http::Method,
        path: &str,
        press: Option<&str>,
        body: &Value,
    ) -> Result<Value, String> {
        let operator: &Operator = &self.site.operator;
        operator.json(method, path, press, body).map_err(|failure| format!("{path}: {failure}"))
    }
}
