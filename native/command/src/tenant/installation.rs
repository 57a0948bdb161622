//! An installation's database and object store, for commands that work on them without the origin.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
};

use aw_model::names;
use aw_native::{DatabaseSettings, Settings};
use aw_postgres::{Cluster, Listen};
use aw_runtimes::Database;
use aw_s3::{Credentials, S3};

use crate::{
    data::{Data, DataArgs, Lock, Ports, Secrets},
    failure::Failure,
    migrate,
    up::S3_NAME,
};

/// The parts that it needs: those of an `up` that runs, or its own for as long as it lives.
pub(super) struct Installation {
    secrets: Secrets,
    database: Database,
    s3: SocketAddr,
    _own: Option<(Cluster, aw_s3::Running, Lock)>,
}

impl Installation {
    /// That of a data folder.
    ///
    /// # Errors
    /// There is none, it is just starting, or a part cannot be started.
    pub(super) fn open(args: &DataArgs) -> Result<Self, Failure> {
        let data = Data::existing(args)?;
        let secrets = Secrets::load(&data)?;
        let Some(lock) = data.try_lock()? else {
            let starting = || {
                let dir = args.dir.display();
                Failure::new(format!("{dir}: `up` is still starting; try again when it says that it is up"))
            };
            let database = Cluster::running(&data.path("postgres")).ok_or_else(starting)?;
            let s3 = Ports::load(&data)?.known("s3").ok_or_else(starting)?;
            return Ok(Self { secrets, database, s3: (Ipv4Addr::LOCALHOST, s3).into(), _own: None });
        };
        let cluster = Cluster::start(&data.path("postgres"), &Listen::Socket)?;
        migrate::on(&cluster.database())?;
        let credentials = Credentials { access_key: S3_NAME.to_owned(), secret_key: secrets.s3_secret_key.clone() };
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let s3 = S3::start(&data.path("s3"), any, S3_NAME, credentials).map_err(Failure::new)?;
        Ok(Self { secrets, database: cluster.database(), s3: s3.addr(), _own: Some((cluster, s3, lock)) })
    }

    /// What a deployable would be told.
    pub(super) fn settings(&self) -> Settings {
        let url = format!("http://{}", self.s3);
        let own = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let Database { host, port, user, password } = self.database.clone();
        Settings {
            backends: own(&[(names::S3, &url)]),
            config: own(&[
                (names::S3_URL, &url),
                (names::S3_ACCESS, S3_NAME),
                (names::S3_BUCKET, S3_NAME),
                (names::S3_REGION, "local"),
            ]),
            secrets: own(&[
                (names::EDGE_KEY, &self.secrets.edge_key),
                (names::MASTER_KEY, &self.secrets.master_key),
                (names::S3_SECRET, &self.secrets.s3_secret_key),
            ])
            .into(),
            database: Some(DatabaseSettings { host, port, user, password, connections: 4 }),
            ..Settings::default()
        }
    }
}
