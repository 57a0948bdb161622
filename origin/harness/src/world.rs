//! The origin and what it stands on.

use std::{
    collections::BTreeMap,
    io::Write,
    net::SocketAddr,
    process::{Command, Stdio},
    sync::{Arc, Mutex, OnceLock},
    time::SystemTime,
};

use aw_ingress::Ingress;
use aw_migrations::migrate_all;
use aw_model::names;
use aw_native::{DatabaseSettings, Databases, Running, Settings, serve};
use aw_origin::{At, at};
use aw_origin_content::Content;
use aw_origin_storage::Storage;
use aw_origin_subscription::Subscription;
use aw_origin_user::User;
use aw_platform::http::Method;
use aw_postgres::{Cluster, Listen};
use aw_s3::{Credentials, S3};
use aw_trust::sigv4;
use serde_json::json;

use crate::{
    Answer, Edge, GatewayEdge, Who,
    ask::{ask, fetch, get},
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
    settings: Settings,
    /// Answers in the place of `storage`.
    spin: Option<(SocketAddr, Mutex<aw_runtimes::Server>)>,
    base: Arc<Base>,
}

/// What tests can share: a cluster and an object store.
struct Base {
    cluster: Cluster,
    s3: aw_s3::Running,
    _folder: Folder,
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

impl Base {
    /// One that nobody else has.
    fn own() -> Arc<Self> {
        Arc::new(Self::new(Folder::new(), &Listen::Socket))
    }

    /// The one of this process.
    fn shared() -> Arc<Self> {
        static SHARED: OnceLock<Arc<Base>> = OnceLock::new();
        SHARED.get_or_init(|| Arc::new(Self::new(Folder::of_the_process(), &Listen::Socket))).clone()
    }

    fn new(folder: Folder, listen: &Listen) -> Self {
        let cluster = Cluster::start(&folder.0.join("postgres"), listen).expect("a cluster");
        let credentials = Credentials { access_key: "access".into(), secret_key: STORE_KEY.into() };
        let s3 = S3::start(&folder.0.join("s3"), ([127, 0, 0, 1], 0).into(), BUCKET, credentials);
        let base = Self { cluster, s3: s3.expect("an object store"), _folder: folder };
        base.migrate();
        base
    }

    fn database(&self) -> DatabaseSettings {
        let at = self.cluster.database();
        DatabaseSettings { host: at.host, port: at.port, user: at.user, password: at.password, connections: 8 }
    }

    fn migrate(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let databases = Databases::new(Some(self.database()));
        let done = runtime.block_on(migrate_all(async |name| databases.open(name).await, names::CONTROL_DB));
        done.unwrap_or_else(|e| panic!("{e}"));
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
        Self { user, subscription, content, storage, settings, spin: None, base }
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

    /// What PostgreSQL's own client says to `statement` in a tenant's database: a line for each row.
    pub fn sql(&self, tenant: &str, statement: &str) -> Vec<String> {
        self.psql(&aw_migrations::tenant_database(tenant), statement)
    }

    /// As [`sql`](Self::sql), in the control database.
    pub fn control(&self, statement: &str) -> Vec<String> {
        self.psql(names::CONTROL_DB, statement)
    }

    pub(crate) fn psql(&self, database: &str, statement: &str) -> Vec<String> {
        let at = self.base.cluster.database();
        let psql = aw_runtimes::setup::postgres().expect("PostgreSQL").join("psql");
        let mut child = Command::new(psql)
            .args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"])
            .args(["--host", &at.host, "--port", &at.port.to_string(), "--username", &at.user])
            .args(["--dbname", database])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql");
        child.stdin.take().expect("a pipe").write_all(statement.as_bytes()).expect("psql reads");
        let output = child.wait_with_output().expect("psql ends");
        assert!(output.status.success(), "psql: {statement}");
        String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
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

    /// How many objects the object store has of a tenant, as it says itself.
    pub fn stored(&self, tenant: &str) -> usize {
        self.keys(&format!("o/{tenant}/")).len()
    }

    /// The keys in the object store that begin with `prefix`, as it says itself.
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        let addr = self.base.s3.addr();
        let credentials = sigv4::Credentials {
            access_key: "access",
            secret_key: STORE_KEY.as_bytes(),
            region: REGION,
            service: "s3",
        };
        let query = [("list-type", "2"), ("prefix", prefix)];
        let path = format!("/{BUCKET}");
        let now_s = SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_secs();
        let target = sigv4::presign(&Method::GET, &addr.to_string(), &path, &query, &credentials, now_s, 60);
        let answer = get(addr, &target).expect("the object store").expect(200);
        let text = String::from_utf8(answer.body).expect("UTF-8");
        assert!(text.contains("<IsTruncated>false"), "{text}");
        let keys = text.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
        keys.map(|(key, _)| key.to_owned()).collect()
    }
}
