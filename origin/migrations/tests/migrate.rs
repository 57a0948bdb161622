//! The chains against a server of our own.

use std::path::PathBuf;

use aw_migrations::{Kind, MigrateError, create_database, migrate, migrate_all, pending, tenant_database};
use aw_native::{DatabaseSettings, Databases};
use aw_platform::{Error, Sql};
use aw_postgres::{Cluster, Listen};

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn with_server(name: &str, test: impl AsyncFnOnce(&Databases)) {
    let folder = Folder(std::env::temp_dir().join(format!("aw-migrations-{name}-{}", std::process::id())));
    let cluster = Cluster::start(&folder.0, &Listen::Socket).unwrap();
    let at = cluster.database();
    let settings =
        DatabaseSettings { host: at.host, port: at.port, user: at.user, password: at.password, connections: 8 };
    let databases = Databases::new(Some(settings));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(test(&databases));
}

#[test]
fn each_chain_is_applied_once_whoever_comes() {
    with_server("once", async |databases| {
        let first = migrate_all(async |name| databases.open(name).await, "control").await.unwrap();
        assert_eq!(first[0].1.files, Kind::Control.chain().iter().map(|m| m.file).collect::<Vec<_>>());
        let sql = databases.open("control").await.unwrap();
        let insert =
            "INSERT INTO tenants (id, name, base_url, ready_at) VALUES ('t-1', 'T', 'https://t.example', now())";
        sql.execute(insert, &[]).await.unwrap();
        let name = tenant_database("t-1");
        // Twice at once, and once more.
        let (a, b) = tokio::join!(create_database(&sql, &name), async {
            create_database(&databases.open("postgres").await.unwrap(), &name).await
        });
        a.and(b).unwrap();
        create_database(&sql, &name).await.unwrap();
        let (a, b) = (databases.open(&name).await.unwrap(), databases.open(&name).await.unwrap());
        assert_eq!(pending(&a, Kind::Tenant).await.unwrap().len(), Kind::Tenant.chain().len());
        let (one, two) = tokio::join!(migrate(&a, Kind::Tenant), migrate(&b, Kind::Tenant));
        let mut counts = [one.unwrap().files.len(), two.unwrap().files.len()];
        counts.sort_unstable();
        assert_eq!(counts, [0, Kind::Tenant.chain().len()]);
        assert!(pending(&a, Kind::Tenant).await.unwrap().is_empty());
        let again = migrate_all(async |name| databases.open(name).await, "control").await.unwrap();
        assert!(again.is_empty(), "{again:?}");
    });
}

#[test]
fn what_does_not_fit_changes_nothing_and_is_named() {
    with_server("fit", async |databases| {
        let admin = databases.open("postgres").await.unwrap();
        for (name, sabotage, expected) in [
            ("changed", "UPDATE migrations SET sha256 = 'x' WHERE number = 2", "tenant/0002_books.sql was changed"),
            ("unknown", "INSERT INTO migrations VALUES (99, 'tenant/0099_later.sql', 'x')", "tenant/0099_later.sql"),
            ("gap", "DELETE FROM migrations WHERE number = 2", "tenant/0003_publishing.sql"),
        ] {
            create_database(&admin, name).await.unwrap();
            let sql = databases.open(name).await.unwrap();
            migrate(&sql, Kind::Tenant).await.unwrap();
            sql.execute(sabotage, &[]).await.unwrap();
            let why = migrate(&sql, Kind::Tenant).await.unwrap_err().to_string();
            assert!(why.contains(expected), "{name}: {why}");
            assert!(pending(&sql, Kind::Tenant).await.is_err(), "{name}");
        }
        // A file that is refused half-way leaves nothing of itself or of those before it.
        create_database(&admin, "refused").await.unwrap();
        let sql = databases.open("refused").await.unwrap();
        sql.execute("CREATE TABLE outbox (mine bigint)", &[]).await.unwrap();
        match migrate(&sql, Kind::Tenant).await.unwrap_err() {
            MigrateError::Refused { file: "tenant/0003_publishing.sql", error: Error::Sql { code, .. } } => {
                assert_eq!(code, "42P07");
            }
            other => panic!("{other}"),
        }
        let tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
        assert_eq!(sql.query(tables, &[]).await.unwrap()[0].int(0).unwrap(), 1);
        assert!(create_database(&admin, "no\"name").await.is_err());
    });
}
