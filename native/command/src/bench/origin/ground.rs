//! What an origin stands on, and the two that are compared: one database, one object store, one set of secrets.

use std::{collections::BTreeMap, fs, path::PathBuf};

use aw_model::names;
use aw_postgres::{Cluster, Listen};
use aw_runtimes::{Error, Launch, Result, Runtime, Server, cache::target_dir, free_port, native::Native, spin::Spin};
use aw_s3::{Credentials, S3};

use crate::migrate;

/// What requests are signed for, wherever they are sent.
pub(super) const AUTHORITY: &str = "origin.bench";
/// The name of the edge that signs.
pub(super) const EDGE: &str = "bench";
/// The secret of edge and origin.
pub(super) const EDGE_KEY: &str = "the edge key of the bench, 0123456789abcdef";
/// The secret of the origin alone.
pub(super) const MASTER_KEY: &str = "the master key of the bench, 0123456789abcdef";
const STORE_KEY: &str = "the object store's key of the bench";
const STORE: &str = "authorworks";

/// PostgreSQL and an object store in a folder that goes with them.
pub(super) struct Ground {
    /// The database; it counts its statements.
    pub(super) cluster: Cluster,
    s3: aw_s3::Running,
    folder: PathBuf,
}

impl Ground {
    /// Starts both, empty but for the control database.
    ///
    /// # Errors
    /// One does not start. PostgreSQL needs its own library `pg_stat_statements`.
    pub(super) fn new() -> Result<Self> {
        let folder = target_dir().join("bench").join("origin");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        let listen = Listen::Tcp { port: free_port()?, password: "of-the-bench".to_owned() };
        let counting = [
            ("shared_preload_libraries", "pg_stat_statements"),
            ("pg_stat_statements.track_utility", "on"),
            ("pg_stat_statements.track_planning", "on"),
        ];
        let cluster = Cluster::start_with(&folder.join("postgres"), &listen, &counting)?;
        migrate::on(&cluster.database()).map_err(|e| Error(e.to_string()))?;
        let credentials = Credentials { access_key: STORE.to_owned(), secret_key: STORE_KEY.to_owned() };
        let s3 = S3::start(&folder.join("s3"), ([127, 0, 0, 1], 0).into(), STORE, credentials).map_err(Error)?;
        Ok(Self { cluster, s3, folder })
    }

    /// The native origin.
    ///
    /// # Errors
    /// It does not start.
    pub(super) fn native(&self) -> Result<Server> {
        Native.launch(&self.launch("native"))
    }

    /// The origin's components, in Spin or its test host; what it says goes to [`log`](Self::log).
    ///
    /// # Errors
    /// They do not start.
    pub(super) fn spin(&self) -> Result<Server> {
        Spin.launch(&self.launch("spin"))
    }

    /// Where the origin on that platform says what it says.
    pub(super) fn log(&self, on: &str) -> PathBuf {
        self.folder.join(format!("{on}.log"))
    }

    /// Both reach the database over TCP, as they would any that is not on this machine.
    fn launch(&self, on: &str) -> Launch {
        let s3 = format!("http://{}", self.s3.addr());
        let own = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
        };
        Launch {
            app: "origin".to_owned(),
            backends: own(&[(names::S3, &s3), (names::PAYMENTS, "http://127.0.0.1:9")]),
            config: own(&[
                (names::ORIGIN_AUTHORITY, AUTHORITY),
                (names::EDGES, ""),
                (names::S3_URL, &s3),
                (names::S3_ACCESS, STORE),
                (names::S3_BUCKET, STORE),
                (names::S3_REGION, "local"),
                // What is measured is how many are answered, not how many may ask.
                (names::REQUESTS_PER_MINUTE, "1000000000"),
            ]),
            secrets: own(&[
                (names::EDGE_KEY, EDGE_KEY),
                (names::MASTER_KEY, MASTER_KEY),
                (names::S3_SECRET, STORE_KEY),
            ]),
            database: self.cluster.tcp(),
            log: Some(self.log(on)),
            ..Launch::default()
        }
    }
}
