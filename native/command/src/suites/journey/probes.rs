//! Whether the parts say what they lack.

use aw_migrations::tenant_database;
use aw_model::names::CONTROL_DB;
use aw_native::Databases;
use aw_origin::SERVICES;
use aw_platform::Sql;
use serde_json::json;

use super::{
    answer::{data, has_status, json as body, same, soon},
    place::{PRESS, Place},
};
use crate::{
    migrate,
    suites::{checks::Verdict, client::Client},
    up::S3_NAME,
};

/// What each service needs.
fn needs(service: &str) -> &'static [&'static str] {
    match service {
        "user" => &["database", "migrations"],
        "subscription" => &["database", "migrations", "payments"],
        _ => &["database", "migrations", "blobs"],
    }
}

/// A client of the origin itself, unsigned.
fn origin(place: &Place) -> Result<Client, String> {
    let url = place.site.stack.running().origin;
    let authority = url.strip_prefix("http://").unwrap_or(&url);
    Ok(Client::stranger(authority.parse().map_err(|e| format!("{url}: {e}"))?, authority))
}

/// Every service is alive, and lacks what it needs of `missing` and nothing else; so does what stands for them all.
fn lacks(place: &Place, missing: &[&str]) -> Verdict {
    let mut origin = origin(place)?;
    // As components, the one that has no name of its own in the path is content.
    let all = if place.on == crate::up::OriginOn::Spin { needs("content") } else { &[] };
    let mut asked: Vec<(String, Vec<&str>)> =
        SERVICES.iter().map(|name| (format!("/{name}"), needs(name).to_vec())).collect();
    asked.push((
        String::new(),
        if all.is_empty() { vec!["database", "migrations", "payments", "blobs"] } else { all.to_vec() },
    ));
    for (name, needs) in asked {
        let alive = data(&origin.get(&format!("/health{name}"))?, 200)?;
        same("its health", &alive["status"], &json!("alive"))?;
        let path = format!("/ready{name}");
        let expected: Vec<&str> = needs.iter().copied().filter(|need| missing.contains(need)).collect();
        let reply = origin.get(&path)?;
        if expected.is_empty() {
            let ready = data(&reply, 200).map_err(|why| format!("{path}: {why}"))?;
            same(&format!("what {path} has looked at"), &ready["there"], &json!(needs))?;
            continue;
        }
        let refusal = body(&reply, 503).map_err(|why| format!("{path}: {why}"))?;
        same("the code", &refusal["error"]["code"], &json!("SERVICE_UNAVAILABLE"))?;
        same(&format!("what {path} lacks"), &refusal["error"]["details"]["missing"], &json!(expected))?;
    }
    Ok(())
}

/// Nothing is missing. At the edge nobody is told.
pub(super) fn all_there(place: &Place) -> Verdict {
    lacks(place, &[])?;
    let mut stranger = place.stranger(PRESS);
    for path in ["/ready", "/ready/user", "/health/user"] {
        has_status(&stranger.get(path)?, 404)?;
    }
    has_status(&stranger.get("/health")?, 200)
}

/// Runs a statement in a database of the installation.
fn run(place: &Place, database: &str, statement: &str) -> Verdict {
    let at = place.site.stack.database().ok_or("the database is down")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let databases = Databases::new(Some(migrate::settings(&at)));
    let done = runtime.block_on(async { databases.open(database).await?.execute(statement, &[]).await });
    done.map(drop).map_err(|e| format!("{database}: {e}"))
}

/// The last migration of the control database, and of a press's, is taken for one that was not applied.
pub(super) fn migration(place: &Place) -> Verdict {
    for database in [CONTROL_DB, &tenant_database(PRESS)] {
        let last = "number = (SELECT max(number) FROM migrations)";
        run(place, database, &format!("CREATE TABLE kept AS SELECT * FROM migrations WHERE {last}"))?;
        run(place, database, &format!("DELETE FROM migrations WHERE {last}"))?;
        let told = lacks(place, &["migrations"]);
        run(place, database, "INSERT INTO migrations SELECT * FROM kept")?;
        run(place, database, "DROP TABLE kept")?;
        told?;
    }
    lacks(place, &[])
}

/// The presses' accounts at the provider do not open.
pub(super) fn payments(place: &Place) -> Verdict {
    let database = tenant_database(PRESS);
    run(place, &database, "CREATE TABLE kept AS SELECT api_key FROM payment_provider")?;
    run(place, &database, "UPDATE payment_provider SET api_key = reverse(api_key)")?;
    let told = lacks(place, &["payments"]);
    run(place, &database, "UPDATE payment_provider SET api_key = kept.api_key FROM kept")?;
    run(place, &database, "DROP TABLE kept")?;
    told?;
    lacks(place, &[])
}

/// The object store has another bucket, and then the right one again.
pub(super) fn bucket(place: &mut Place) -> Verdict {
    place.site.stack.serve_bucket("elsewhere").map_err(|failure| failure.to_string())?;
    let told = lacks(place, &["blobs"]);
    place.site.stack.serve_bucket(S3_NAME).map_err(|failure| failure.to_string())?;
    told?;
    lacks(place, &[])
}

/// The database stops, and starts again.
pub(super) fn database(place: &mut Place) -> Verdict {
    place.site.stack.hold_database();
    // What cannot be asked cannot be said to lack migrations, nor what depends on it.
    let told = lacks(place, &["database"]);
    place.site.stack.release_database().map_err(|failure| failure.to_string())?;
    told?;
    soon(|| lacks(place, &[]))
}
