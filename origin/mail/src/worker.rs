//! The worker: sends what is due.

use aw_migrations::tenant_database;
use aw_platform::{Platform, Result, SqlPlatform};
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::{
    Transport,
    claim::{self, Claimed},
    settle::{End, settle},
    transport::{Api, Outcome},
};

/// How many mails of a tenant are claimed at once.
const CLAIMED: u32 = 20;
/// How many are under way at once.
const IN_FLIGHT: usize = 5;
/// How long one run goes on taking more, in milliseconds: less than a gateway waits for an answer.
const RUN: u64 = 20_000;
/// After so many failures in a row the API is left alone until the next run.
const VAIN: u32 = 10;

/// How far it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Mails that were sent.
    pub sent: u64,
    /// Attempts that failed, and tenants where something did; it is done again.
    pub failed: u64,
    /// Mails that were given up.
    pub dead: u64,
}

/// Sends mail for as long as one run lasts.
pub struct Worker<'a, P> {
    platform: &'a P,
    transport: &'a Transport,
    until: u64,
    vain: u32,
    progress: Progress,
}

impl<'a, P: SqlPlatform> Worker<'a, P> {
    /// A run that begins now.
    pub fn new(platform: &'a P, transport: &'a Transport) -> Self {
        Self { platform, transport, until: platform.now() + RUN, vain: 0, progress: Progress::default() }
    }

    /// How far it came.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Whether this run takes more.
    pub fn goes_on(&self) -> bool {
        self.platform.now() < self.until
    }

    /// Sends what is due in one tenant's outbox; what is too old to be sent, or to be kept, goes.
    ///
    /// # Errors
    /// Its database cannot be asked.
    pub async fn run(&mut self, tenant: &str) -> Result<()> {
        let sql = self.platform.sql(&tenant_database(tenant)).await?;
        self.run_on(&sql, tenant).await
    }

    /// As [`run`](Self::run), over a connection to the tenant's database that is in no transaction.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_on(&mut self, sql: &P::Sql, tenant: &str) -> Result<()> {
        if !claim::is_due(sql).await? {
            return Ok(());
        }
        claim::sweep(sql).await?;
        let Transport::Api(api) = self.transport else { return Ok(()) };
        while self.goes_on() && self.vain < VAIN {
            let claimed = claim::claim(sql, CLAIMED).await?;
            if claimed.is_empty() {
                break;
            }
            self.send(sql, tenant, api, claimed).await?;
        }
        Ok(())
    }

    async fn send(&mut self, sql: &P::Sql, tenant: &str, api: &Api, claimed: Vec<Claimed>) -> Result<()> {
        let platform = self.platform;
        let mut attempts = stream::iter(claimed)
            .map(|mail| async move {
                let outcome = api.send(platform, &mail).await;
                (mail, outcome)
            })
            .buffered(IN_FLIGHT);
        while let Some((mail, outcome)) = attempts.next().await {
            self.vain = if matches!(outcome, Outcome::Failed(_)) { self.vain + 1 } else { 0 };
            match settle(platform, sql, &mail, &outcome).await? {
                End::Sent => self.progress.sent += 1,
                End::Failed => self.progress.failed += 1,
                End::Dead => self.progress.dead += 1,
            }
            if let Outcome::Failed(why) | Outcome::Refused(why) = &outcome {
                tell(platform, tenant, &mail.id, why);
            }
        }
        Ok(())
    }
}

fn tell<P: Platform>(p: &P, tenant: &str, mail: &str, why: &str) {
    let record = json!({ "level": "warn", "event": "mail.failed", "tenant": tenant, "mail": mail, "why": why });
    p.emit(record.to_string().as_bytes());
}
