//! The pusher: takes what is due out of a tenant's outbox to the edges.
//!
//! Any number of pushers may run at once. A row is claimed by a lease; one that is replaced while it is on its way
//! stays, with its newer version. An edge that cannot be reached at all is left alone for a while, as a whole.

mod backfill;
mod claim;
mod deliver;
mod settle;

use std::cell::{Cell, RefCell};

use aw_blobs::Blobs;
use aw_platform::{Platform, Result, Sql, SqlExt, SqlPlatform};
use futures_util::{StreamExt, future::join_all, stream};
use serde::Serialize;
use serde_json::json;

pub(crate) use self::deliver::ORIGIN;
use self::{claim::Claimed, deliver::Outcome};
use crate::{
    database,
    edges::{self, Edge},
    secrets::Secrets,
};

/// How many deliveries to one edge are under way at once.
const IN_FLIGHT: usize = 16;
/// How many rows are claimed at once. Those that come after [`IN_FLIGHT`] failures to reach the edge are not tried.
const CLAIMED: usize = 64;
/// How many tenants are served at once.
const TENANTS: usize = 8;
/// How long one run goes on taking more, in milliseconds: less than a gateway waits for an answer.
const RUN: u64 = 20_000;

/// How far it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Progress {
    /// Values that an edge took.
    pub delivered: u64,
    /// Attempts that failed; they are made again.
    pub failed: u64,
    /// Values that some edge has yet to get.
    pub waiting: u64,
}

impl std::ops::AddAssign for Progress {
    fn add_assign(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.failed += other.failed;
        self.waiting += other.waiting;
    }
}

/// What a pusher works with.
pub struct Pusher<'a, P: Platform> {
    /// The platform.
    pub platform: &'a P,
    /// The origin's secrets.
    pub secrets: &'a Secrets,
    /// The edges that are configured.
    pub edges: &'a [Edge],
    /// Where objects are; without it only records are pushed.
    pub blobs: Option<&'a Blobs>,
}

impl<P: SqlPlatform> Pusher<'_, P> {
    /// Pushes what is due in every tenant's outbox. Edges that are configured no more are forgotten.
    ///
    /// # Errors
    /// The control database cannot be asked. A tenant that fails is recorded and does not stop the others.
    pub async fn run(&self) -> Result<Progress> {
        let control = database::control(self.platform).await?;
        let rows = control.query("SELECT id FROM tenants WHERE ready_at IS NOT NULL ORDER BY id", &[]).await?;
        drop(control);
        let until = self.platform.now() + RUN;
        let asleep = &RefCell::default();
        let tenants = rows.iter().filter_map(|row| row.text(0).ok());
        let mut runs = stream::iter(tenants)
            .map(|tenant| async move { (tenant, self.push(tenant, until, asleep, true).await) })
            .buffer_unordered(TENANTS);
        let mut progress = Progress::default();
        while let Some((tenant, run)) = runs.next().await {
            match run {
                Ok(run) => progress += run,
                Err(error) => self.tell(tenant, None, &error.to_string()),
            }
        }
        Ok(progress)
    }

    /// Pushes what is due in one tenant's outbox.
    ///
    /// # Errors
    /// Its database cannot be asked.
    pub async fn run_tenant(&self, tenant: &str) -> Result<Progress> {
        self.push(tenant, self.platform.now() + RUN, &RefCell::default(), false).await
    }

    async fn push(&self, tenant: &str, until: u64, asleep: &RefCell<Vec<Edge>>, forget: bool) -> Result<Progress> {
        let sql = self.platform.sql(&aw_migrations::tenant_database(tenant)).await?;
        backfill::meet(&sql, tenant, self.edges).await?;
        if forget {
            backfill::part(&sql, self.edges).await?;
        }
        let mut progress = Progress::default();
        for run in join_all(self.edges.iter().map(|edge| self.feed(&sql, tenant, *edge, until, asleep))).await {
            progress += run?;
        }
        let waiting = sql.query_opt("SELECT count(*) FROM outbox", &[]).await?;
        progress.waiting = waiting.map_or(Ok(0), |row| row.int(0))?.unsigned_abs();
        Ok(progress)
    }

    /// Delivers to one edge until nothing is due, the edge cannot be reached, or the time is over. Every statement
    /// is a transaction of its own, for edges share the connection.
    async fn feed(
        &self,
        sql: &P::Sql,
        tenant: &str,
        edge: Edge,
        until: u64,
        asleep: &RefCell<Vec<Edge>>,
    ) -> Result<Progress> {
        let mut progress = Progress::default();
        while self.platform.now() < until && !asleep.borrow().contains(&edge) {
            let claimed = claim::claim(sql, edge.name, CLAIMED, self.blobs.is_some()).await?;
            if claimed.is_empty() {
                break;
            }
            let vain = &Cell::new(0);
            let attempts = claimed.iter().map(|c| self.deliver(edge, tenant, c, vain));
            let outcomes: Vec<Outcome> = stream::iter(attempts).buffered(IN_FLIGHT).collect().await;
            let count = outcomes.iter().filter(|o| matches!(o, Outcome::Delivered)).count() as u64;
            progress.delivered += count;
            progress.failed += outcomes.iter().filter(|o| o.why().is_some()).count() as u64;
            let why = outcomes.iter().find_map(Outcome::why);
            // One that is reached by some and not by others is slow, not gone.
            let gone = count == 0 && outcomes.iter().any(|o| matches!(o, Outcome::Unreachable(_)));
            settle::settle(self.platform, sql, edge.name, &claimed, &outcomes, gone).await?;
            if let Some(why) = why {
                self.tell(tenant, Some(edge.name), why);
            }
            if gone {
                asleep.borrow_mut().push(edge);
            }
        }
        Ok(progress)
    }

    fn tell(&self, tenant: &str, edge: Option<&str>, why: &str) {
        let record = json!({ "level": "warn", "event": "push.failed", "tenant": tenant, "edge": edge, "why": why });
        self.platform.emit(record.to_string().as_bytes());
    }

    /// Delivers one row. `vain` counts failures to reach the edge since it was reached last.
    async fn deliver(&self, edge: Edge, tenant: &str, claimed: &Claimed, vain: &Cell<usize>) -> Outcome {
        if vain.get() >= IN_FLIGHT {
            return Outcome::Untried;
        }
        let outcome = deliver::deliver(self, edge, tenant, claimed).await;
        vain.set(if matches!(outcome, Outcome::Unreachable(_)) { vain.get() + 1 } else { 0 });
        outcome
    }
}

/// Brings a tenant's records that have changed to the edges, once the caller has been answered.
pub fn soon<P: SqlPlatform>(p: &P, secrets: &Secrets, tenant: &str) {
    let (platform, secrets, tenant) = (p.clone(), secrets.clone(), tenant.to_owned());
    p.wait_until(async move {
        // What fails here is in the outbox still.
        let Ok(edges) = edges::configured(&platform).await else { return };
        let pusher = Pusher { platform: &platform, secrets: &secrets, edges: &edges, blobs: None };
        let _ = pusher.run_tenant(&tenant).await;
    });
}
