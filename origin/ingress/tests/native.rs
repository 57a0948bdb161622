//! The door on hyper and PostgreSQL: each nonce opens it once, however many try at the same time.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    sync::Barrier,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aw_ingress::{Caller, Ingress, Ready, Service};
use aw_migrations::{Kind, create_database, migrate};
use aw_model::names;
use aw_native::{DatabaseSettings, Databases, Running, Settings};
use aw_platform::{
    ApiError, Body, Bytes, Response, Result, Sql, SqlPlatform,
    http::{Method, Request},
};
use aw_postgres::{Cluster, Listen};
use aw_trust::{
    digest,
    key::{self, REQUEST},
    message::{self, Signer},
};

const MASTER_KEY: &str = "a-master-key-of-a-test-0123456789abcdef";
const EDGE_KEY: &str = "an-edge-key-of-a-test-0123456789abcdef";
const AUTHORITY: &str = "origin.test";

/// Says what it was sent.
struct Echo;

impl<P: SqlPlatform> Service<P> for Echo {
    const NAMES: &'static [&'static str] = &["echo"];

    async fn build(_: &P) -> Result<Self> {
        Ok(Self)
    }

    async fn handle(&self, _: &P, _: &Caller, request: Request<Bytes>) -> Result<Response<P>, ApiError> {
        Ok(Response::<P>::new(Body::from(request.into_body())))
    }

    fn max_body(_: &Method, _: &str) -> usize {
        1000
    }

    async fn ready(&self, _: &P, _: &str, _: &mut Ready) {}
}

struct Origin {
    running: Option<Running>,
    databases: DatabaseSettings,
    _cluster: Cluster,
    folder: PathBuf,
}

impl Origin {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("aw-ingress-{}", std::process::id()));
        let cluster = Cluster::start(&folder, &Listen::Socket).unwrap();
        let at = cluster.database();
        let databases =
            DatabaseSettings { host: at.host, port: at.port, user: at.user, password: at.password, connections: 8 };
        query(&databases, "postgres", async |sql| create_database(sql, names::CONTROL_DB).await.unwrap());
        query(&databases, names::CONTROL_DB, async |sql| drop(migrate(sql, Kind::Control).await.unwrap()));
        let own = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into();
        let settings = Settings {
            threads: 3,
            config: own(names::ORIGIN_AUTHORITY, AUTHORITY),
            secrets: aw_native::Secrets(
                [(names::EDGE_KEY, EDGE_KEY), (names::MASTER_KEY, MASTER_KEY)]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .into(),
            ),
            database: Some(databases.clone()),
            ..Settings::default()
        };
        let running = aw_native::serve::<Ingress<Echo>>(settings).unwrap();
        Self { running: Some(running), databases, _cluster: cluster, folder }
    }

    fn addr(&self) -> SocketAddr {
        self.running.as_ref().unwrap().addr()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn query<T>(
    databases: &DatabaseSettings,
    name: &str,
    work: impl AsyncFnOnce(&<aw_native::Native as SqlPlatform>::Sql) -> T,
) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let databases = Databases::new(Some(databases.clone()));
        work(&databases.open(name).await.unwrap()).await
    })
}

/// The bytes of a signed request.
fn signed(target: &str, nonce: &str, created_s: u64) -> Vec<u8> {
    let (mut head, ()) = Request::post(target).header("x-aw-tenant", "press").body(()).unwrap().into_parts();
    let key = key::derive(EDGE_KEY.as_bytes(), REQUEST).unwrap();
    let signer = Signer { key: &key, key_id: "west", created_s, nonce };
    message::sign(&mut head, AUTHORITY, &signer, &digest::content_digest(b"hello")).unwrap();
    let mut out = format!("POST {target} HTTP/1.1\r\nHost: {AUTHORITY}\r\nContent-Length: 5\r\nConnection: close\r\n");
    for (name, value) in &head.headers {
        out.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    (out + "\r\nhello").into_bytes()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The answer's text, head and body.
fn send(addr: SocketAddr, request: &[u8]) -> String {
    let mut socket = TcpStream::connect(addr).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    socket.write_all(request).unwrap();
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_nonce_opens_the_door_once() {
    let origin = Origin::start();
    let addr = origin.addr();
    assert!(send(addr, b"GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").contains("\"ready\""));

    let request = signed("/v1/books", "nonce-1", now());
    assert!(send(addr, &request).ends_with("\r\n\r\nhello"));
    for _ in 0..3 {
        let again = send(addr, &request);
        assert!(again.starts_with("HTTP/1.1 401") && again.contains("ORIGIN_SIGNATURE_REPLAYED"), "{again}");
    }
    // The same nonce under another request is a replay too: who makes requests makes new ones.
    assert!(send(addr, &signed("/v1/users", "nonce-1", now())).contains("ORIGIN_SIGNATURE_REPLAYED"));

    // On several threads, each with connections of its own.
    let request = signed("/v1/books", "nonce-2", now());
    let start = Barrier::new(24);
    let taken: usize = thread::scope(|scope| {
        let tries: Vec<_> = (0..24)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    let answer = send(addr, &request);
                    assert!(
                        answer.starts_with("HTTP/1.1 200") || answer.contains("ORIGIN_SIGNATURE_REPLAYED"),
                        "{answer}"
                    );
                    usize::from(answer.starts_with("HTTP/1.1 200"))
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(taken, 1);

    // Refused for another reason, a nonce is not spent.
    let late = signed("/v1/books", "nonce-3", now() - 100);
    assert!(send(addr, &late).contains("ORIGIN_SIGNATURE_EXPIRED"));
    assert!(send(addr, &signed("/v1/books", "nonce-3", now())).starts_with("HTTP/1.1 200"));
    let kept = "SELECT count(*)::bigint, count(*) FILTER (WHERE expires_at > now())::bigint FROM nonces";
    let rows = query(&origin.databases, names::CONTROL_DB, async |sql| sql.query(kept, &[]).await.unwrap());
    assert_eq!((rows[0].int(0).unwrap(), rows[0].int(1).unwrap()), (3, 3));
}
