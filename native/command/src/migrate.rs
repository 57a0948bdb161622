//! `authorworks migrate`: the databases' schemas.

use std::process::ExitCode;

use aw_model::names::CONTROL_DB;
use aw_native::{DatabaseSettings, Databases};
use aw_postgres::{Cluster, Listen};
use aw_runtimes::Database;
use serde_json::json;

use crate::{
    data::{Data, DataArgs},
    failure::Failure,
};

/// Bring the databases' schemas up to date
///
/// `up` does so by itself. With --host, any PostgreSQL server's: the password is the variable PGPASSWORD.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// A server's host, in place of the data folder's own
    #[arg(long, conflicts_with = "dir", requires = "user")]
    host: Option<String>,
    /// The server's port
    #[arg(long, default_value_t = 5432, requires = "host")]
    port: u16,
    /// The role to log in as; it may create databases
    #[arg(long, requires = "host")]
    user: Option<String>,
    /// One object with what was applied
    #[arg(long)]
    json: bool,
}

/// What was applied: database and files.
type Applied = Vec<(String, Vec<&'static str>)>;

/// Migrates the server of the arguments.
///
/// # Errors
/// It cannot be reached, or a migration is refused: the databases before that one are done.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let applied = match (&args.host, &args.user) {
        (Some(host), Some(user)) => {
            let password = std::env::var("PGPASSWORD").ok();
            on(&Database { host: host.clone(), port: args.port, user: user.clone(), password })?
        }
        _ => {
            let data = Data::existing(&args.data)?;
            let Some(_lock) = data.try_lock()? else {
                let dir = args.data.dir.display();
                return Err(Failure::new(format!("{dir}: `up` runs on it, which has migrated it already")));
            };
            let cluster = Cluster::start(&data.path("postgres"), &Listen::Socket)?;
            on(&cluster.database())?
        }
    };
    if args.json {
        let list: Vec<_> = applied.iter().map(|(name, files)| json!({ "database": name, "applied": files })).collect();
        println!("{}", json!(list));
        return Ok(ExitCode::SUCCESS);
    }
    for (database, files) in &applied {
        for file in files {
            println!("{database}: {file}");
        }
    }
    if applied.is_empty() {
        println!("migrate: everything is up to date");
    }
    Ok(ExitCode::SUCCESS)
}

/// Migrates the control database and every tenant's on that server.
///
/// # Errors
/// As [`run`].
pub(crate) fn on(database: &Database) -> Result<Applied, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| Failure::new(format!("migrate: {e}")))?;
    let databases = Databases::new(Some(settings(database)));
    let connect = async |name: &str| databases.open(name).await;
    let applied = runtime.block_on(aw_migrations::migrate_all(connect, CONTROL_DB));
    let applied = applied.map_err(|e| Failure::new(format!("migrate: {e}")))?;
    Ok(applied.into_iter().map(|(name, applied)| (name, applied.files)).collect())
}

/// What it takes to connect to that server, once.
pub(crate) fn settings(database: &Database) -> DatabaseSettings {
    DatabaseSettings {
        host: database.host.clone(),
        port: database.port,
        user: database.user.clone(),
        password: database.password.clone(),
        connections: 1,
    }
}
