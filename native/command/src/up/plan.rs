//! What is to run, where, and what each part is told.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use aw_model::names;
use aw_postgres::{Cluster, Listen};
use aw_runtimes::{Launch, Runtime};

use super::{Args, On, OriginOn};
use crate::{
    data::{Data, Ports, Secrets, is_free},
    failure::Failure,
};

/// The port of the first edge, where nothing else is said.
const EDGE_PORT: u16 = 8080;
/// The origin's port, where it is free.
const ORIGIN_PORT: u16 = 4000;
/// How long an earlier `up` that was killed may take to leave its ports.
const LEAVING: Duration = Duration::from_secs(10);

/// The object store's access key id and bucket.
pub(crate) const S3_NAME: &str = "authorworks";

/// Where the provider of payments is, for a press that has an account there.
const PAYMENTS_URL: &str = "https://api.stripe.com";

/// The origin or an edge.
pub(crate) struct Part {
    /// `origin`, or the edge's name.
    pub(crate) name: String,
    /// Where it runs.
    pub(crate) runtime: Box<dyn Runtime + Send + Sync>,
    /// What it is told.
    pub(crate) launch: Launch,
}

impl Part {
    /// Its base URL.
    pub(crate) fn url(&self) -> String {
        url(self.launch.port.unwrap_or_default())
    }
}

/// What is to run.
pub(crate) struct Plan {
    pub(super) secrets: Secrets,
    pub(super) listen: Listen,
    pub(super) s3: SocketAddr,
    /// The sandbox of payments.
    pub(super) sandbox: SocketAddr,
    /// The origin.
    pub(crate) origin: Part,
    /// The edges, the main one first.
    pub(crate) edges: Vec<Part>,
}

impl Plan {
    /// Chooses ports and makes what takes long: the deployables and the database.
    ///
    /// # Errors
    /// The first edge's port is taken, or something cannot be made.
    pub(crate) fn new(data: &Data, args: &Args) -> Result<Self, Failure> {
        let secrets = Secrets::load_or_make(data)?;
        let mut ports = Ports::load(data)?;
        let names = edge_names(args)?;
        if let Some(port) = args.port {
            ports.set(&format!("edge-{}", names[0]), port);
        }
        let edges = names.iter().enumerate().map(|(n, name)| edge_port(&mut ports, n, name));
        let edges: Vec<(&str, u16)> = names.iter().copied().zip(edges.collect::<Result<Vec<_>, _>>()?).collect();
        let origin = ports.get_free("origin", Some(ORIGIN_PORT))?;
        let s3 = ports.get_free("s3", None)?;
        let sandbox = ports.get_free("sandbox", None)?;
        let listen = match args.origin {
            OriginOn::Native => Listen::Socket,
            // Components have no Unix sockets.
            OriginOn::Spin => {
                Listen::Tcp { port: ports.get_free("postgres", None)?, password: secrets.database_password.clone() }
            }
        };
        ports.save(data)?;
        let mut origin_launch = origin_launch(data, &secrets, origin, (s3, sandbox), &edges);
        args.mail.tell(&secrets, args.origin, &mut origin_launch)?;
        let (webhooks, local) = match args.origin {
            // Who may name programs here is who has the machine.
            OriginOn::Native => (aw_platform::ANY_HOST_OR_LOCAL, "on"),
            OriginOn::Spin => (aw_platform::ANY_HOST, "off"),
        };
        origin_launch.backends.insert(names::WEBHOOKS.to_owned(), webhooks.to_owned());
        origin_launch.config.insert(names::WEBHOOKS_LOCAL.to_owned(), local.to_owned());
        let plan = Self {
            listen,
            s3: SocketAddr::from((Ipv4Addr::LOCALHOST, s3)),
            sandbox: SocketAddr::from((Ipv4Addr::LOCALHOST, sandbox)),
            origin: Part { name: "origin".to_owned(), runtime: runtime(args.origin.name())?, launch: origin_launch },
            edges: edges
                .iter()
                .map(|&(name, port)| {
                    let launch = edge_launch(data, &secrets, name, port, origin);
                    Ok(Part { name: name.to_owned(), runtime: runtime(name)?, launch })
                })
                .collect::<Result<_, Failure>>()?,
            secrets,
        };
        plan.build(data)?;
        Ok(plan)
    }

    /// Builds the parts, and meanwhile makes the database where there is none.
    fn build(&self, data: &Data) -> Result<(), Failure> {
        let folder = data.path("postgres");
        std::thread::scope(|scope| {
            let database = scope.spawn(|| Cluster::prepare(&folder));
            for part in std::iter::once(&self.origin).chain(&self.edges) {
                part.runtime.build(&part.launch.app)?;
                part.runtime.prepare(&part.launch.app)?;
            }
            // A panic in there has been told by the panic hook.
            database.join().unwrap_or_else(|_| Err(aw_runtimes::Error("the database could not be made".to_owned())))?;
            Ok(())
        })
    }
}

/// The edges that are asked for, each once.
fn edge_names(args: &Args) -> Result<Vec<&'static str>, Failure> {
    let edges = if args.edges.is_empty() { &[On::Native][..] } else { &args.edges };
    let names: Vec<&str> = edges.iter().map(|edge| edge.name()).collect();
    match names.iter().enumerate().find(|(n, name)| names[..*n].contains(name)) {
        Some((_, twice)) => Err(Failure::Usage(format!("--edge {twice}: there can be one on each platform"))),
        None => Ok(names),
    }
}

fn edge_port(ports: &mut Ports, n: usize, name: &str) -> Result<u16, Failure> {
    let part = format!("edge-{name}");
    let wished = u16::try_from(n).ok().and_then(|n| EDGE_PORT.checked_add(n));
    if n > 0 {
        return ports.get_free(&part, wished);
    }
    // Bookmarks name this one.
    let port = ports.get(&part, wished)?;
    let until = Instant::now() + LEAVING;
    while !is_free(port) {
        if Instant::now() > until {
            let remedy = "stop the program that has it, or choose another with --port";
            return Err(Failure::new(format!("port {port}, for the edge {name}, is taken: {remedy}")));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(port)
}

fn runtime(name: &str) -> Result<Box<dyn Runtime + Send + Sync>, Failure> {
    let found = aw_runtimes::all().into_iter().find(|runtime| runtime.name() == name);
    found.ok_or_else(|| Failure::Usage(format!("there is no platform {name}")))
}

pub(super) fn authority(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

fn url(port: u16) -> String {
    format!("http://{}", authority(port))
}

fn own<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn origin_launch(
    data: &Data,
    secrets: &Secrets,
    port: u16,
    (s3, sandbox): (u16, u16),
    edges: &[(&str, u16)],
) -> Launch {
    let mut backends = own([
        (names::S3, url(s3)),
        (names::IDENTITY, aw_platform::ANY_HOST.to_owned()),
        (names::PAYMENTS, PAYMENTS_URL.to_owned()),
        (names::PAYMENTS_SANDBOX, url(sandbox)),
    ]);
    backends.extend(edges.iter().map(|(name, port)| (format!("edge-{name}"), url(*port))));
    let edges: Vec<String> = edges.iter().map(|(name, port)| format!("{name}={}", authority(*port))).collect();
    Launch {
        app: "origin".to_owned(),
        port: Some(port),
        backends,
        config: own([
            (names::ORIGIN_AUTHORITY, authority(port)),
            (names::EDGES, edges.join(",")),
            (names::S3_URL, url(s3)),
            (names::S3_ACCESS, S3_NAME.to_owned()),
            (names::S3_BUCKET, S3_NAME.to_owned()),
            (names::S3_REGION, "local".to_owned()),
            (names::PAYMENTS_SANDBOX, "on".to_owned()),
        ]),
        secrets: own([
            (names::EDGE_KEY, secrets.edge_key.clone()),
            (names::MASTER_KEY, secrets.master_key.clone()),
            (names::S3_SECRET, secrets.s3_secret_key.clone()),
        ]),
        database: None,
        state: None,
        log: Some(data.log("origin")),
    }
}

fn edge_launch(data: &Data, secrets: &Secrets, name: &str, port: u16, origin: u16) -> Launch {
    Launch {
        app: "gateway".to_owned(),
        port: Some(port),
        backends: own([(names::ORIGIN, url(origin))]),
        config: own([(names::EDGE_NAME, name.to_owned()), (names::ORIGIN_AUTHORITY, authority(origin))]),
        secrets: own([(names::EDGE_KEY, secrets.edge_key.clone())]),
        database: None,
        state: Some(data.path("edges").join(name)),
        log: Some(data.log(&format!("edge-{name}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_has_one_edge() {
        let args = |edges: &[On]| Args {
            edges: edges.to_vec(),
            origin: OriginOn::Native,
            port: None,
            mail: super::super::mail::MailArgs::default(),
            data: crate::data::DataArgs { dir: "data".into() },
            json: false,
        };
        assert_eq!(edge_names(&args(&[])).unwrap(), ["native"]);
        assert_eq!(edge_names(&args(&[On::Fastly, On::Native])).unwrap(), ["fastly", "native"]);
        assert!(matches!(edge_names(&args(&[On::Spin, On::Spin])), Err(Failure::Usage(_))));
    }
}
