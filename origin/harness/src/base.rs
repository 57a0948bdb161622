//! What an origin stands on: PostgreSQL and an object store.

use std::sync::{Arc, OnceLock};

use aw_migrations::migrate_all;
use aw_model::names;
use aw_native::{DatabaseSettings, Databases};
use aw_postgres::{Cluster, Listen};
use aw_s3::{Credentials, S3};

use crate::{
    folder::Folder,
    world::{BUCKET, STORE_KEY},
};

/// What tests can share: a cluster and an object store.
pub(crate) struct Base {
    pub(crate) cluster: Cluster,
    pub(crate) s3: aw_s3::Running,
    _folder: Folder,
}

impl Base {
    /// One that nobody else has.
    pub(crate) fn own() -> Arc<Self> {
        Arc::new(Self::new(Folder::new(), &Listen::Socket))
    }

    /// The one of this process.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: OnceLock<Arc<Base>> = OnceLock::new();
        SHARED.get_or_init(|| Arc::new(Self::new(Folder::of_the_process(), &Listen::Socket))).clone()
    }

    pub(crate) fn new(folder: Folder, listen: &Listen) -> Self {
        let cluster = Cluster::start(&folder.0.join("postgres"), listen).expect("a cluster");
        let credentials = Credentials { access_key: "access".into(), secret_key: STORE_KEY.into() };
        let s3 = S3::start(&folder.0.join("s3"), ([127, 0, 0, 1], 0).into(), BUCKET, credentials);
        let base = Self { cluster, s3: s3.expect("an object store"), _folder: folder };
        base.migrate();
        base
    }

    pub(crate) fn database(&self) -> DatabaseSettings {
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
