//! The worker: tells endpoints of what has happened, and forgets what is old.
//!
//! Any number of workers may run at once. An endpoint is claimed by a lease, so that it is told in order; a worker that
//! dies is followed by another when its lease is over, which begins with the event whose answer nobody kept: an
//! endpoint knows it by its id.

use aw_migrations::tenant_database;
use aw_origin_data::{
    audit, backoff,
    events::{self, Event, KEPT_DAYS},
    secrets::Secrets,
};
use aw_platform::{Error, Result, Sql, SqlExt, SqlPlatform, Value, uuid_v7};
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::{
    attempt::{Attempt, attempt},
    endpoint::{self, COLUMNS, Endpoint, from_row},
    names,
};

/// How many endpoints of a tenant are told at once.
const AT_ONCE: usize = 8;
/// How many events are read at once.
const BATCH: u32 = 50;
/// For how long an endpoint may take nothing before it is told no more, in seconds.
const GIVE_UP: i64 = 3 * 86_400;

/// How far it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "EventsWork")]
pub(crate) struct Progress {
    /// Deliveries that were taken.
    delivered: u64,
    /// Deliveries that were not, and are tried again.
    refused: u64,
    /// Endpoints that are told no more.
    disabled: u64,
    /// Events that were forgotten.
    forgotten: u64,
    /// Tenants where something failed; it is done again.
    pub(crate) failed: u64,
}

impl std::ops::AddAssign for Progress {
    fn add_assign(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.refused += other.refused;
        self.disabled += other.disabled;
        self.forgotten += other.forgotten;
        self.failed += other.failed;
    }
}

/// What a worker works with in one tenant.
pub(crate) struct Worker<'a, P: SqlPlatform> {
    pub(crate) p: &'a P,
    pub(crate) secrets: &'a Secrets,
    pub(crate) tenant: &'a str,
    /// When it takes no more, by the platform's clock.
    pub(crate) until: u64,
}

/// Whether there is somebody to be told, or something to be forgotten: of most tenants, most of the time, this is all
/// that is asked.
const DUE: &str = "SELECT EXISTS ( \
        SELECT 1 FROM webhook_endpoints w, event_positions p WHERE w.disabled_at IS NULL AND w.due_at <= now() \
        AND (w.position < p.last OR EXISTS (SELECT 1 FROM events WHERE position IS NULL))), \
    coalesce((SELECT at < now() - $1::bigint * interval '1 day' FROM events WHERE position IS NOT NULL \
        ORDER BY position LIMIT 1), false) \
        OR EXISTS (SELECT 1 FROM events WHERE position IS NULL AND at < now() - interval '1 minute')";
/// The lease is longer than two attempts take; each one renews it.
const CLAIM: &str = "UPDATE webhook_endpoints SET due_at = now() + interval '60 seconds', lease = $1::text \
    WHERE id IN ( \
        SELECT w.id FROM webhook_endpoints w, event_positions p \
        WHERE w.disabled_at IS NULL AND w.due_at <= now() AND w.position < p.last \
        ORDER BY w.due_at LIMIT $2::bigint FOR UPDATE OF w SKIP LOCKED) RETURNING ";
const TOLD: &str = "UPDATE webhook_endpoints SET position = $3::bigint, due_at = now() + interval '60 seconds', \
        failures = 0, failing_since = NULL, error = NULL, \
        delivered_at = CASE WHEN $4::boolean THEN now() ELSE delivered_at END \
    WHERE id = $1::text::uuid AND lease = $2::text AND disabled_at IS NULL";
const REFUSED: &str = "UPDATE webhook_endpoints SET lease = NULL, failures = failures + 1, error = $3::text, \
        failing_since = coalesce(failing_since, now()), due_at = now() + $4::bigint * interval '1 millisecond', \
        disabled_at = CASE WHEN $5::boolean OR failing_since < now() - $6::bigint * interval '1 second' THEN now() END \
    WHERE id = $1::text::uuid AND lease = $2::text RETURNING disabled_at IS NOT NULL";
const LEFT: &str = "UPDATE webhook_endpoints SET lease = NULL, due_at = now() \
    WHERE id = $1::text::uuid AND lease = $2::text";

impl<P: SqlPlatform> Worker<'_, P> {
    /// Does what is due.
    ///
    /// # Errors
    /// The tenant's database cannot be asked.
    pub(crate) async fn run(&self) -> Result<Progress> {
        let sql = &self.p.sql(&tenant_database(self.tenant)).await?;
        let mut progress = Progress::default();
        let due = sql.query_opt(DUE, &[KEPT_DAYS.into()]).await?;
        let due = due.ok_or_else(|| Error::internal("a statement without a row"))?;
        let (tell, old) = (due.bool(0)?, due.bool(1)?);
        if tell || old {
            events::number(sql).await?;
        }
        if old {
            progress.forgotten = events::forget(sql).await?;
        }
        if tell {
            let lease = uuid_v7(self.p).to_string();
            let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
            let claimed = sql.query(&format!("{CLAIM}{COLUMNS}"), &[(&lease).into(), most.into()]).await?;
            let endpoints = claimed.iter().map(from_row).collect::<Result<Vec<_>>>()?;
            // Each has a connection of its own: a transaction is nobody else's.
            let mut runs = stream::iter(&endpoints).map(|one| self.tell_all(one, &lease)).buffer_unordered(AT_ONCE);
            while let Some(done) = runs.next().await {
                progress += done?;
            }
        }
        Ok(progress)
    }

    /// Tells an endpoint of all that it is behind with, until it refuses one or the time is over.
    async fn tell_all(&self, endpoint: &Endpoint, lease: &str) -> Result<Progress> {
        let sql = &self.p.sql(&tenant_database(self.tenant)).await?;
        let secret = endpoint::secret(self.secrets, self.tenant, endpoint)?;
        let mut progress = Progress::default();
        let mut position: i64 = endpoint.cursor.parse().unwrap_or(0);
        loop {
            let batch = events::after(sql, position, BATCH).await?;
            let (Some(last), more) = (batch.last(), batch.len() == BATCH as usize) else { break };
            for event in batch.iter().filter(|event| names::ask_for(&endpoint.events, &event.name)) {
                if self.p.now() >= self.until {
                    self.leave(sql, endpoint, lease).await?;
                    return Ok(progress);
                }
                let attempt = attempt(self.p, self.tenant, &endpoint.url, &secret, event).await;
                if let Some(why) = &attempt.error {
                    progress.refused += 1;
                    progress.disabled += self.refused(sql, endpoint, lease, event, &attempt, why).await?;
                    return Ok(progress);
                }
                progress.delivered += 1;
                if !self.told(sql, endpoint, lease, event.position, true).await? {
                    return Ok(progress);
                }
            }
            position = last.position;
            if !self.told(sql, endpoint, lease, position, false).await? {
                return Ok(progress);
            }
            if !more {
                break;
            }
        }
        self.leave(sql, endpoint, lease).await?;
        Ok(progress)
    }

    /// Keeps that it has been told up to there; whether it is still ours to be told.
    async fn told(&self, sql: &P::Sql, endpoint: &Endpoint, lease: &str, position: i64, taken: bool) -> Result<bool> {
        let row: [Value; 4] = [(&endpoint.id).into(), lease.into(), position.into(), taken.into()];
        Ok(sql.execute(TOLD, &row).await? == 1)
    }

    async fn leave(&self, sql: &P::Sql, endpoint: &Endpoint, lease: &str) -> Result<()> {
        sql.execute(LEFT, &[(&endpoint.id).into(), lease.into()]).await.map(drop)
    }

    /// Keeps that it did not take one, and gives it up where that has gone on for too long, or it is gone (410). Gives
    /// how many were given up.
    async fn refused(
        &self,
        sql: &P::Sql,
        endpoint: &Endpoint,
        lease: &str,
        event: &Event,
        attempt: &Attempt,
        why: &str,
    ) -> Result<u64> {
        self.tell(endpoint, why);
        let failures = i64::try_from(endpoint.failures).unwrap_or(i64::MAX).saturating_add(1);
        let why: String = why.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
        let row: [Value; 6] = [
            (&endpoint.id).into(),
            lease.into(),
            (&why).into(),
            backoff::OTHERS.wait(self.p, failures).into(),
            (attempt.status == Some(410)).into(),
            GIVE_UP.into(),
        ];
        sql.transaction(async |sql| {
            let disabled = sql.query_opt(REFUSED, &row).await?.map_or(Ok(false), |row| row.bool(0))?;
            if disabled {
                let details = json!({ "url": endpoint.url, "why": why, "event": event.id });
                audit::record(self.p, sql, "operator", "user.webhook.disabled", &endpoint.id, details).await?;
            }
            Ok(u64::from(disabled))
        })
        .await
    }

    fn tell(&self, endpoint: &Endpoint, why: &str) {
        let record = json!({ "level": "warn", "event": "webhook.refused", "tenant": self.tenant,
            "endpoint": endpoint.id, "why": why });
        self.p.emit(record.to_string().as_bytes());
    }
}
