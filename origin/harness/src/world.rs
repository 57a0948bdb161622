//! The origin's services, and what they are told.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    thread::sleep,
    time::Duration,
};

use aw_ingress::Ingress;
use aw_model::names;
use aw_native::{Running, Settings, serve};
use aw_origin::{At, at};
use aw_origin_content::Content;
use aw_origin_jobs::Jobs;
use aw_origin_storage::Storage;
use aw_origin_subscription::Subscription;
use aw_origin_user::User;
use aw_platform::http::Method;
use aw_postgres::Listen;
use serde_json::json;

use crate::{
    Answer, Edge, GatewayEdge, Who,
    ask::{ask, fetch},
    base::Base,
    folder::Folder,
    site::Site,
};

pub(crate) const AUTHORITY: &str = "origin.test";
pub(crate) const EDGE_KEY: &str = "0123456789abcdef0123456789abcdef-edge";
const MASTER_KEY: &str = "0123456789abcdef0123456789abcdef-master";
const OTHER_MASTER_KEY: &str = "fedcba9876543210fedcba9876543210-master";
pub(crate) const BUCKET: &str = "books";
pub(crate) const REGION: &str = "eu-1";
pub(crate) const STORE_KEY: &str = "secret-of-the-store";

/// The origin as Spin has it: its services, each in a deployable of its own.
pub struct World {
    user: Running,
    subscription: Running,
    content: Running,
    storage: Running,
    jobs: Running,
    settings: Settings,
    /// Answers in the place of `storage`.
    spin: Option<(SocketAddr, Mutex<aw_runtimes::Server>)>,
    pub(crate) base: Arc<Base>,
}

/// What differs from one world to another.
#[derive(Clone, Copy)]
struct With<'a> {
    /// Where the object store is said to be.
    store: Option<SocketAddr>,
    /// An HTTP mail API.
    mail: Option<SocketAddr>,
    /// A sandbox of payments.
    sandbox: Option<SocketAddr>,
    /// Further backends.
    others: &'a [(&'a str, String)],
    /// The master key.
    master: &'a str,
}

impl Default for With<'_> {
    fn default() -> Self {
        Self { store: None, mail: None, sandbox: None, others: &[], master: MASTER_KEY }
    }
}

impl World {
    /// An origin that pushes to `edges`, which are not up yet. One without edges shares its database and object store
    /// with others; a pusher would give every tenant there its own edges.
    pub fn new(edges: &[&Edge]) -> Self {
        let base = if edges.is_empty() { Base::shared() } else { Base::own() };
        Self::start(edges, base, &With::default())
    }

    /// An origin of its own that sends its mail to the HTTP mail API at `api`, with the key `mail-key`.
    pub fn with_mail(api: SocketAddr) -> Self {
        Self::start(&[], Base::own(), &With { mail: Some(api), ..With::default() })
    }

    /// An origin without edges whose object store is said to be at another place.
    pub fn with_store(store: SocketAddr) -> Self {
        Self::start(&[], Base::shared(), &With { store: Some(store), ..With::default() })
    }

    /// An origin with these edges whose presses sell at a sandbox of payments.
    pub fn selling(edges: &[&Edge], sandbox: SocketAddr) -> Self {
        let base = if edges.is_empty() { Base::shared() } else { Base::own() };
        Self::start(edges, base, &With { sandbox: Some(sandbox), ..With::default() })
    }

    /// An origin without edges whose presses sell at a sandbox of payments, which is Stripe to them too, and may name
    /// the identity provider at `provider`.
    pub fn with_neighbours(sandbox: SocketAddr, provider: SocketAddr) -> Self {
        let others = [(names::IDENTITY, format!("http://{provider}")), (names::PAYMENTS, format!("http://{sandbox}"))];
        Self::start(&[], Base::shared(), &With { sandbox: Some(sandbox), others: &others, ..With::default() })
    }

    /// An origin without edges whose storage service is its Spin component, in Spin.
    pub fn on_spin() -> Self {
        let port = aw_runtimes::free_port().expect("a port");
        let listen = Listen::Tcp { port, password: "of-the-tests".into() };
        let mut world = Self::start(&[], Arc::new(Base::new(Folder::new(), &listen)), &With::default());
        let at = world.base.cluster.tcp().expect("a port");
        let launch = aw_runtimes::Launch {
            app: "storage".into(),
            backends: world.settings.backends.clone(),
            config: world.settings.config.clone(),
            secrets: world.settings.secrets.0.clone(),
            database: Some(aw_runtimes::Database {
                host: at.host,
                port: at.port,
                user: at.user,
                password: at.password,
            }),
            ..aw_runtimes::Launch::default()
        };
        let spin = aw_runtimes::all().into_iter().find(|runtime| runtime.name() == "spin").expect("Spin");
        let server = spin.launch(&launch).unwrap_or_else(|e| panic!("{e}"));
        world.spin = Some((server.addr, Mutex::new(server)));
        world
    }

    /// An origin without edges whose tenants may name the identity provider at `addr`.
    pub fn with_provider(addr: SocketAddr) -> Self {
        let others = [(names::IDENTITY, format!("http://{addr}"))];
        Self::start(&[], Base::shared(), &With { others: &others, ..With::default() })
    }

    /// This origin, with other edges from now on.
    #[must_use]
    pub fn with_edges(self, edges: &[&Edge]) -> Self {
        Self::start(edges, self.base.clone(), &With::default())
    }

    /// An origin of its own, with a database and an object store that nobody else has, that pushes to gateways.
    pub fn of_gateways(edges: &[&GatewayEdge]) -> Self {
        let places: Vec<_> = edges.iter().map(|edge| edge.place()).collect();
        Self::begin(&places, Base::own(), &With::default())
    }

    /// As [`of_gateways`](Self::of_gateways), with a master key of its own: another installation.
    pub fn of_another_installation(edges: &[&GatewayEdge]) -> Self {
        let places: Vec<_> = edges.iter().map(|edge| edge.place()).collect();
        Self::begin(&places, Base::own(), &With { master: OTHER_MASTER_KEY, ..With::default() })
    }

    /// What the services are told: for what works beside them.
    pub fn settings(&self) -> Settings {
        self.settings.clone()
    }

    /// The master key.
    pub fn master_key(&self) -> &str {
        &self.settings.secrets.0[names::MASTER_KEY]
    }

    /// This origin, with other gateways from now on.
    #[must_use]
    pub fn with_gateways(self, edges: &[&GatewayEdge]) -> Self {
        let places: Vec<_> = edges.iter().map(|edge| edge.place()).collect();
        Self::begin(&places, self.base.clone(), &With::default())
    }

    /// The same, whose object store is said to be at another place.
    #[must_use]
    pub fn with_store_at(self, store: SocketAddr, edges: &[&GatewayEdge]) -> Self {
        let places: Vec<_> = edges.iter().map(|edge| edge.place()).collect();
        Self::begin(&places, self.base.clone(), &With { store: Some(store), ..With::default() })
    }

    fn start(edges: &[&Edge], base: Arc<Base>, with: &With<'_>) -> Self {
        let places: Vec<_> = edges.iter().map(|edge| (edge.name(), edge.addr())).collect();
        Self::begin(&places, base, with)
    }

    fn begin(edges: &[(&str, SocketAddr)], base: Arc<Base>, with: &With<'_>) -> Self {
        let With { store, mail, sandbox, others, master } = *with;
        let s3 = format!("http://{}", base.s3.addr());
        let mut backends: BTreeMap<String, String> =
            edges.iter().map(|(name, addr)| (format!("edge-{name}"), format!("http://{addr}"))).collect();
        backends.extend(others.iter().map(|(name, url)| ((*name).to_owned(), url.clone())));
        backends.insert(names::S3.into(), store.map_or_else(|| s3.clone(), |addr| format!("http://{addr}")));
        backends.insert(names::WEBHOOKS.into(), aw_platform::ANY_HOST_OR_LOCAL.into());
        let mail = mail.map(|addr| format!("http://{addr}"));
        backends.extend(mail.iter().map(|url| (names::MAIL.to_owned(), url.clone())));
        let mail_url = mail.map(|url| url + "/emails").unwrap_or_default();
        backends.extend(sandbox.map(|addr| (names::PAYMENTS_SANDBOX.to_owned(), format!("http://{addr}"))));
        let named: Vec<String> = edges.iter().map(|(name, addr)| format!("{name}={addr}")).collect();
        let config = [
            (names::ORIGIN_AUTHORITY, AUTHORITY),
            (names::EDGES, &named.join(",")),
            // Tests ask fast.
            (names::REQUESTS_PER_MINUTE, "1000000"),
            (names::S3_URL, &s3),
            (names::S3_ACCESS, "access"),
            (names::S3_BUCKET, BUCKET),
            (names::S3_REGION, REGION),
            (names::PAYMENTS_SANDBOX, if sandbox.is_some() { "on" } else { "off" }),
            (names::WEBHOOKS_LOCAL, "on"),
            (names::MAIL_URL, &mail_url),
            (names::MAIL_FROM, "books@press.example"),
        ];
        let secrets = [
            (names::EDGE_KEY, EDGE_KEY),
            (names::MASTER_KEY, master),
            (names::S3_SECRET, STORE_KEY),
            (names::MAIL_KEY, "mail-key"),
        ];
        let own = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let settings = Settings {
            threads: 2,
            backends,
            config: own(&config),
            secrets: own(&secrets).into(),
            database: Some(base.database()),
            ..Settings::default()
        };
        let user = serve::<Ingress<User>>(settings.clone()).expect("the user service");
        let subscription = serve::<Ingress<Subscription>>(settings.clone()).expect("the subscription service");
        let content = serve::<Ingress<Content>>(settings.clone()).expect("the content service");
        let storage = serve::<Ingress<Storage>>(settings.clone()).expect("the storage service");
        let jobs = serve::<Ingress<Jobs>>(settings.clone()).expect("the jobs service");
        Self { user, subscription, content, storage, jobs, settings, spin: None, base }
    }

    /// An edge of that name, which is not up yet.
    pub fn edge(name: &str) -> Edge {
        Edge::new(name, EDGE_KEY)
    }

    /// An edge in front of this origin.
    pub fn site(&self) -> Site {
        Site::at(Settings::default().listen, "eu", &self.settings)
    }

    /// An edge in front of this origin, in the place of `edge`, which is not up.
    pub fn gate(&self, edge: &Edge) -> Site {
        Site::at(edge.addr(), edge.name(), &self.settings)
    }

    /// Asks the origin.
    pub fn ask(&self, who: &Who, method: &str, target: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_ask(who, method, target, fields, body).unwrap_or_else(|e| panic!("{method} {target}: {e}"))
    }

    /// As [`ask`](Self::ask).
    ///
    /// # Errors
    /// The connection broke.
    pub fn try_ask(
        &self,
        who: &Who,
        method: &str,
        target: &str,
        fields: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Answer> {
        let addr = match at(target) {
            At::User => self.user.addr(),
            At::Content => self.content.addr(),
            At::Subscription => self.subscription.addr(),
            At::Jobs => self.jobs.addr(),
            At::Storage => self.spin.as_ref().map_or_else(|| self.storage.addr(), |(addr, _)| *addr),
        };
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        ask((addr, AUTHORITY, EDGE_KEY, self.master_key()), who, (method, target), fields, body)
    }

    /// Asks with a JSON body.
    pub fn json(&self, who: &Who, method: &str, target: &str, body: &serde_json::Value) -> Answer {
        self.ask(who, method, target, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// Asks without a body.
    pub fn get(&self, who: &Who, target: &str) -> Answer {
        self.ask(who, "GET", target, &[], b"")
    }

    /// A new tenant that is read at `ID.localhost`.
    pub fn tenant(&self, id: &str) -> String {
        self.tenant_at(id, 8080)
    }

    /// A new tenant that is read at `ID.localhost:PORT`.
    pub fn tenant_at(&self, id: &str, port: u16) -> String {
        let body =
            json!({ "id": id, "name": format!("Press {id}"), "baseUrl": format!("http://{id}.localhost:{port}") });
        let _ = self.json(&Who::operator(id), "POST", "/v1/tenants", &body).expect(201);
        id.to_owned()
    }

    /// Pushes what is due, as the operator: delivered, failed, waiting, of all tenants.
    pub fn push(&self) -> (u64, u64, u64) {
        let answer = self.ask(&Who::operator(""), "POST", "/_aw/push", &[], b"").expect(200).data();
        let count = |name: &str| answer[name].as_u64().expect("a count");
        (count("delivered"), count("failed"), count("waiting"))
    }

    /// Pushes until no tenant's outbox has anything.
    pub fn settle(&self) {
        for _ in 0..200 {
            if self.push().2 == 0 {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the outbox does not empty");
    }

    /// Where the content service is.
    pub(crate) fn content_addr(&self) -> SocketAddr {
        self.content.addr()
    }

    /// Where the object store is.
    pub fn store(&self) -> SocketAddr {
        self.base.s3.addr()
    }

    /// Asks the server of an absolute URL, unsigned: what a client of the object store does with what it was handed.
    pub fn fetch(&self, method: &str, url: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
        fetch(method, url, fields, body).unwrap_or_else(|e| panic!("{method} {url}: {e}"))
    }
}
