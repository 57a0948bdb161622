//! What is left of a tenant that was marked: its database, its objects, its values at the edges, and at last its row.
//!
//! Every step finds what an earlier attempt has done, so that it goes on after a crash at any point; the row, which
//! keeps the id and the hosts, goes when nothing else is there.

use aw_blobs::Blobs;
use aw_migrations::{drop_database, tenant_database};
use aw_platform::{Error, Result, Row, Sql, SqlExt, SqlPlatform};
use futures_util::{future::join_all, join};
use serde::Serialize;
use serde_json::json;

use super::{
    delete::{TenantDeletion, Waiting},
    purge, sweep,
};
use crate::{database, edges::Edge, secrets::Secrets};

/// How long one run goes on, in milliseconds: less than a gateway waits for an answer.
const RUN: u64 = 20_000;

/// What a remover works with.
pub struct Remover<'a, P> {
    /// The platform.
    pub platform: &'a P,
    /// The origin's secrets.
    pub secrets: &'a Secrets,
    /// The edges that are configured.
    pub edges: &'a [Edge],
    /// Where objects are.
    pub blobs: &'a Blobs,
}

/// How far the deletions have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Removals {
    /// Tenants that are gone now.
    pub deleted: u64,
    /// Tenants that something is left of.
    pub waiting: u64,
}

/// A tenant that is being deleted.
pub(super) struct Doomed<'a> {
    pub(super) id: &'a str,
    /// Milliseconds since nothing can be on its way any more, when the run began; negative before.
    quiet: i64,
    began: u64,
    /// When the run ends.
    pub(super) until: u64,
}

impl Doomed<'_> {
    /// Milliseconds since nothing can be on its way any more.
    pub(super) fn quiet(&self, now: u64) -> i64 {
        self.quiet.saturating_add(i64::try_from(now.saturating_sub(self.began)).unwrap_or(i64::MAX))
    }
}

/// Milliseconds since it is quiet; whether the store was looked at, and was after that; hosts.
const ROW: &str = "SELECT floor(extract(epoch FROM clock_timestamp() - quiet_at) * 1000)::bigint, \
        store_swept_at IS NULL OR (clock_timestamp() >= quiet_at AND store_swept_at < quiet_at), \
        store_swept_at >= quiet_at, \
        coalesce((SELECT json_agg(host) FROM hosts WHERE tenant = t.id), '[]')::text, \
        (SELECT coalesce(json_agg(f), '[]') FROM json_array_elements_text(coalesce(former_hosts, '[]')::json) AS f \
            WHERE NOT EXISTS (SELECT 1 FROM hosts WHERE host = f))::text \
    FROM tenants t WHERE id = $1::text AND deleting_at IS NOT NULL";

impl<P: SqlPlatform> Remover<'_, P> {
    /// Goes on with every deletion for a while.
    ///
    /// # Errors
    /// The control database cannot be asked. A tenant that fails does not stop the others.
    pub async fn run_all(&self) -> Result<Removals> {
        let control = database::control(self.platform).await?;
        let select = "SELECT id FROM tenants WHERE deleting_at IS NOT NULL ORDER BY deleting_at, id LIMIT 20";
        let rows = control.query(select, &[]).await?;
        let until = self.platform.now() + RUN;
        let mut removals = Removals::default();
        for row in &rows {
            if self.platform.now() >= until {
                removals.waiting += 1;
                continue;
            }
            let tenant = row.text(0)?;
            match self.run_until(&control, tenant, until).await {
                Ok(deletion) if deletion.done => removals.deleted += 1,
                Ok(_) => removals.waiting += 1,
                Err(error) => {
                    removals.waiting += 1;
                    self.tell("warn", "tenant.deletion-failed", tenant, &error.to_string());
                }
            }
        }
        Ok(removals)
    }

    /// Goes on with one deletion for a while. One that is not marked, or not there, is done.
    ///
    /// # Errors
    /// The control database cannot be asked.
    pub async fn run(&self, tenant: &str) -> Result<TenantDeletion> {
        let control = database::control(self.platform).await?;
        self.run_until(&control, tenant, self.platform.now() + RUN).await
    }

    async fn run_until(&self, control: &P::Sql, tenant: &str, until: u64) -> Result<TenantDeletion> {
        let done = |waiting_for: Vec<Waiting>| TenantDeletion {
            id: tenant.to_owned(),
            done: waiting_for.is_empty(),
            waiting_for,
        };
        // First, for it says what has to be waited for.
        if let Err(error) = self.drop_database(control, tenant).await {
            return Ok(done(vec![Waiting { what: "database".into(), why: error.to_string() }]));
        }
        let Some(row) = control.query_opt(ROW, &[tenant.into()]).await? else { return Ok(done(Vec::new())) };
        let doomed = Doomed { id: tenant, quiet: row.int(0)?, began: self.platform.now(), until };
        let targets = targets(tenant, &row)?;
        let at_edges = self.edges.iter().map(|edge| purge::purge(self, control, &doomed, *edge, &targets));
        let (store, edges) = join!(self.sweep(control, &doomed, &row), join_all(at_edges));
        let mut waiting = Vec::new();
        waiting.extend(store?);
        for edge in edges {
            waiting.extend(edge?);
        }
        if waiting.is_empty() {
            forget(control, tenant).await?;
            self.tell("info", "tenant.deleted", tenant, "nothing is left of it");
        }
        Ok(done(waiting))
    }

    /// Drops the database, once it is written down what it alone knows.
    async fn drop_database(&self, control: &P::Sql, tenant: &str) -> Result<()> {
        let name = tenant_database(tenant);
        let marked = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $2::text) \
            FROM tenants WHERE id = $1::text AND deleting_at IS NOT NULL";
        match control.query_opt(marked, &[tenant.into(), (&name).into()]).await? {
            Some(row) if row.bool(0)? => {}
            _ => return Ok(()),
        }
        let sql = self.platform.sql(&name).await?;
        sql.execute("BEGIN", &[]).await?;
        sql.execute("SET LOCAL lock_timeout = '5s'", &[]).await?;
        let (hosts, signed) = last_words(&sql).await?;
        let keep = "UPDATE tenants SET former_hosts = $2::text, \
            quiet_at = greatest(quiet_at, to_timestamp($3::bigint / 1000.0)) WHERE id = $1::text";
        control.execute(keep, &[tenant.into(), hosts.into(), signed.into()]).await?;
        // What is locked stays so until there is nothing to be locked.
        drop_database(control, &name).await
    }

    async fn sweep(&self, control: &P::Sql, doomed: &Doomed<'_>, row: &Row) -> Result<Option<Waiting>> {
        let wait = |why: &str| Some(Waiting { what: "store".into(), why: why.to_owned() });
        if row.bool(1)? {
            match sweep::sweep(self.platform, self.blobs, doomed.id, doomed.until).await {
                Ok(true) => {}
                Ok(false) => return Ok(wait("there is more to delete")),
                Err(error) => return Ok(wait(&error.to_string())),
            }
            // As of when the sweep began, and whether that was soon enough is for the server's clock to say.
            let swept = "UPDATE tenants SET \
                store_swept_at = clock_timestamp() - $2::bigint * interval '1 millisecond' WHERE id = $1::text";
            let took = i64::try_from(self.platform.now().saturating_sub(doomed.began)).unwrap_or(i64::MAX);
            control.execute(swept, &[doomed.id.into(), took.into()]).await?;
            return Ok(if doomed.quiet >= 0 { None } else { wait("uploads that were under way may still arrive") });
        }
        let clean = matches!(row.0.get(2), Some(aw_platform::Value::Bool(true)));
        Ok(if clean { None } else { wait("uploads that were under way may still arrive") })
    }

    fn tell(&self, level: &str, event: &str, tenant: &str, why: &str) {
        let record = json!({ "level": level, "event": event, "tenant": tenant, "why": why });
        self.platform.emit(record.to_string().as_bytes());
    }
}

/// What an edge may have: prefixes of keys, and keys of hosts that are nobody else's now.
fn targets(tenant: &str, row: &Row) -> Result<Vec<String>> {
    let mut targets: Vec<String> = aw_model::key::kinds().map(|kind| format!("{kind}/{tenant}/")).collect();
    for column in [3, 4] {
        let hosts: Vec<String> = serde_json::from_str(row.text(column)?).map_err(|e| Error::internal(e.to_string()))?;
        // Hosts first: without one, nothing is read.
        targets.splice(0..0, hosts.iter().map(|host| aw_model::key::host(host)));
    }
    Ok(targets)
}

/// The hosts that the tenant's database has records of, as JSON, and until when something that it signed for the object
/// store may be used: what columns named `signed_until` say, which nobody changes from here on.
async fn last_words<S: Sql>(sql: &S) -> Result<(String, Option<i64>)> {
    let columns = "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' \
        AND column_name = 'signed_until' AND data_type = 'timestamp with time zone' ORDER BY 1";
    let mut signed = None;
    for row in sql.query(columns, &[]).await? {
        let table = row.text(0)?.replace('"', "\"\"");
        sql.execute(&format!("LOCK TABLE \"{table}\" IN SHARE ROW EXCLUSIVE MODE"), &[]).await?;
        let max = format!("SELECT ceil(extract(epoch FROM max(signed_until)) * 1000)::bigint FROM \"{table}\"");
        let until = sql.query_opt(&max, &[]).await?.map_or(Ok(None), |row| row.int_opt(0))?;
        signed = signed.max(until);
    }
    let there = sql.query_opt("SELECT to_regclass('records') IS NOT NULL", &[]).await?;
    if !there.map_or(Ok(false), |row| row.bool(0))? {
        return Ok(("[]".into(), signed));
    }
    let hosts = "SELECT coalesce(json_agg(substr(key, 3)), '[]')::text FROM records WHERE key LIKE 'h/%'";
    let hosts = sql.query_opt(hosts, &[]).await?.map_or(Ok("[]".into()), |row| row.text(0).map(str::to_owned))?;
    Ok((hosts, signed))
}

/// Removes every row of the control database that is the tenant's: what has a column `tenant`, and at last its own.
pub(super) async fn forget<S: Sql>(control: &S, tenant: &str) -> Result<()> {
    control
        .transaction(async |sql| {
            let tables = "SELECT c.table_name::text FROM information_schema.columns c \
                JOIN information_schema.tables t USING (table_schema, table_name) \
                WHERE table_schema = 'public' AND column_name = 'tenant' AND table_type = 'BASE TABLE' ORDER BY 1";
            for row in sql.query(tables, &[]).await? {
                let table = row.text(0)?.replace('"', "\"\"");
                sql.execute(&format!("DELETE FROM \"{table}\" WHERE tenant = $1::text"), &[tenant.into()]).await?;
            }
            let delete = "DELETE FROM tenants WHERE id = $1::text AND ready_at IS NULL";
            sql.execute(delete, &[tenant.into()]).await.map(drop)
        })
        .await
}
