//! All parts, running.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use aw_postgres::Cluster;
use aw_runtimes::Server;
use aw_s3::{Credentials, S3};

use super::{
    plan::{Part, Plan, S3_NAME},
    watch::Watch,
};
use crate::{
    data::{Data, EdgeAt, Running, Secrets},
    failure::Failure,
    migrate,
};

/// How long a part that listens may take to answer that it is well.
const PATIENCE: Duration = Duration::from_secs(20);

/// A part and its process; none while it is down.
struct Kept {
    part: Part,
    server: Option<Server>,
    watch: Watch,
    /// Down because it was told to be.
    held: bool,
}

/// Everything that runs.
pub(crate) struct Stack {
    data: Data,
    secrets: Secrets,
    listen: aw_postgres::Listen,
    cluster: Option<Cluster>,
    cluster_watch: Watch,
    s3: Option<aw_s3::Running>,
    s3_at: SocketAddr,
    sandbox: aw_sandbox::Running,
    origin: Kept,
    edges: Vec<Kept>,
}

impl Stack {
    /// Starts the database and the object store, migrates, starts the origin and the edges, all at the same time as far
    /// as none needs another, and waits until all are well.
    ///
    /// # Errors
    /// A part cannot be started; those that were are stopped.
    pub(crate) fn start(data: Data, plan: Plan) -> Result<Self, Failure> {
        let Plan { secrets, listen, s3, sandbox, mut origin, edges } = plan;
        let folder = data.path("postgres");
        let (origin, cluster, s3, edges) = thread::scope(|scope| {
            // Components are compiled meanwhile, and ask for nothing before they are asked.
            origin.launch.database = listen.tcp();
            let start =
                move || if origin.launch.database.is_some() { Kept::start(origin).map(Ok) } else { Ok(Err(origin)) };
            let origin = scope.spawn(start);
            let edges: Vec<_> = edges.into_iter().map(|part| scope.spawn(|| Kept::start(part))).collect();
            let cluster = scope.spawn(|| {
                let cluster = Cluster::start(&folder, &listen)?;
                migrate::on(&cluster.database())?;
                Ok::<_, Failure>(cluster)
            });
            let s3 = start_s3(&data, s3, &secrets, S3_NAME);
            let edges: Vec<_> = edges.into_iter().map(join).collect();
            (join(origin), join(cluster), s3, edges)
        });
        let (cluster, s3) = (cluster?, s3?);
        let sandbox = aw_sandbox::start(sandbox, Some(&data.path("sandbox.json"))).map_err(Failure::new)?;
        let edges = edges.into_iter().collect::<Result<Vec<_>, _>>()?;
        let origin = match origin? {
            Ok(started) => started,
            Err(mut waiting) => {
                waiting.launch.database = Some(cluster.database());
                Kept::start(waiting)?
            }
        };
        let stack = Self {
            data,
            secrets,
            listen,
            cluster: Some(cluster),
            cluster_watch: Watch::new(),
            s3_at: s3.addr(),
            s3: Some(s3),
            sandbox,
            origin,
            edges,
        };
        stack.origin_well()?;
        for edge in &stack.edges {
            well("/health", &edge.part)?;
        }
        Ok(stack)
    }

    /// The installation's secrets.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// What the other commands are told.
    pub(crate) fn running(&self) -> Running {
        let edge = |kept: &Kept| EdgeAt { name: kept.part.name.clone(), url: kept.part.url() };
        Running {
            pid: std::process::id(),
            origin: self.origin.part.url(),
            origin_on: self.origin.part.runtime.name().to_owned(),
            edges: self.edges.iter().map(edge).collect(),
        }
    }

    /// Starts again what has ended; what there is to say of it.
    pub(crate) fn tend(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        self.tend_cluster(&mut said);
        for kept in std::iter::once(&mut self.origin).chain(&mut self.edges) {
            kept.tend(&mut said);
        }
        said
    }

    fn tend_cluster(&mut self, said: &mut Vec<String>) {
        if let Some(cluster) = &mut self.cluster {
            let Ok(Some(status)) = cluster.ended() else { return };
            self.cluster = None;
            let wait = self.cluster_watch.failed().as_secs();
            said.push(format!("PostgreSQL ended with {status}; starting it again in {wait} s"));
        } else if self.cluster_watch.due() {
            match Cluster::start(&self.data.path("postgres"), &self.listen) {
                Ok(cluster) => {
                    self.cluster = Some(cluster);
                    self.cluster_watch.started();
                    said.push("PostgreSQL runs again".to_owned());
                }
                Err(e) => {
                    let wait = self.cluster_watch.failed().as_secs();
                    said.push(format!("PostgreSQL: {e}; the next attempt is in {wait} s"));
                }
            }
        }
    }

    /// Stops the origin and keeps it down.
    pub(crate) fn hold_origin(&mut self) {
        self.origin.held = true;
        // As a crash would: nothing is finished first.
        self.origin.server = None;
    }

    /// Starts the origin that was held down.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn release_origin(&mut self) -> Result<(), Failure> {
        self.origin.server = Some(self.origin.part.runtime.launch(&self.origin.part.launch)?);
        self.origin.held = false;
        self.origin.watch.started();
        self.origin_well()
    }

    /// Waits until each service has all that it needs: as components, each answers for itself alone.
    fn origin_well(&self) -> Result<(), Failure> {
        aw_origin::SERVICES.iter().try_for_each(|name| well(&format!("/ready/{name}"), &self.origin.part))
    }

    /// Stops the database and keeps it down.
    pub(crate) fn hold_database(&mut self) {
        self.cluster = None;
    }

    /// Starts the database that was held down.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn release_database(&mut self) -> Result<(), Failure> {
        self.cluster = Some(Cluster::start(&self.data.path("postgres"), &self.listen)?);
        self.cluster_watch.started();
        Ok(())
    }

    /// How to reach the database's server; `None` while it is down.
    pub(crate) fn database(&self) -> Option<aw_runtimes::Database> {
        self.cluster.as_ref().map(Cluster::database)
    }

    /// Has the object store serve a bucket of that name in place of the one it serves, at the same address.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn serve_bucket(&mut self, name: &str) -> Result<(), Failure> {
        self.s3 = None;
        self.s3 = Some(start_s3(&self.data, self.s3_at, &self.secrets, name)?);
        Ok(())
    }

    /// Stops everything, in the order in which parts need one another.
    pub(crate) fn stop(self) {
        let Self { cluster, s3, sandbox, origin, edges, .. } = self;
        thread::scope(|scope| {
            for server in edges.into_iter().filter_map(|kept| kept.server) {
                scope.spawn(|| server.stop());
            }
        });
        if let Some(server) = origin.server {
            server.stop();
        }
        drop(s3);
        sandbox.stop();
        drop(cluster);
    }
}

impl Kept {
    fn start(part: Part) -> Result<Self, Failure> {
        let server = part.runtime.launch(&part.launch).map_err(|e| Failure::new(format!("{}: {e}", part.name)))?;
        Ok(Self { part, server: Some(server), watch: Watch::new(), held: false })
    }

    fn tend(&mut self, said: &mut Vec<String>) {
        let name =
            if self.part.name == "origin" { "the origin".to_owned() } else { format!("the edge {}", self.part.name) };
        let log = self.part.launch.log.as_deref().map(|log| log.display().to_string()).unwrap_or_default();
        if let Some(server) = &mut self.server {
            let Ok(Some(status)) = server.ended() else { return };
            self.server = None;
            let wait = self.watch.failed().as_secs();
            said.push(format!("{name} ended with {status}; starting it again in {wait} s; its output is in {log}"));
        } else if !self.held && self.watch.due() {
            match self.part.runtime.launch(&self.part.launch) {
                Ok(server) => {
                    self.server = Some(server);
                    self.watch.started();
                    said.push(format!("{name} runs again"));
                }
                Err(e) => {
                    let wait = self.watch.failed().as_secs();
                    said.push(format!("{name}: {e}; the next attempt is in {wait} s"));
                }
            }
        }
    }
}

fn start_s3(data: &Data, addr: SocketAddr, secrets: &Secrets, bucket: &str) -> Result<aw_s3::Running, Failure> {
    let credentials = Credentials { access_key: S3_NAME.to_owned(), secret_key: secrets.s3_secret_key.clone() };
    S3::start(&data.path("s3"), addr, bucket, credentials).map_err(Failure::new)
}

fn join<T>(handle: thread::ScopedJoinHandle<'_, Result<T, Failure>>) -> Result<T, Failure> {
    handle.join().unwrap_or_else(|_| Err(Failure::new("a part's thread panicked while it was started")))
}

/// Waits until the part answers 200 at `path`.
fn well(path: &str, part: &Part) -> Result<(), Failure> {
    let url = format!("{}{path}", part.url());
    let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).proxy(None);
    let agent: ureq::Agent = config.build().into();
    let until = Instant::now() + PATIENCE;
    loop {
        let mut answer = agent.get(&url).call();
        if answer.as_ref().is_ok_and(|response| response.status().is_success()) {
            return Ok(());
        }
        if Instant::now() > until {
            let said = match &mut answer {
                Ok(response) => {
                    let status = response.status();
                    format!("{status} {}", response.body_mut().read_to_string().unwrap_or_default())
                }
                Err(e) => e.to_string(),
            };
            let log = part.launch.log.as_deref().map(|log| log.display().to_string()).unwrap_or_default();
            return Err(Failure::new(format!("{}: {url} says {said}; its output is in {log}", part.name)));
        }
        thread::sleep(Duration::from_millis(10));
    }
}
