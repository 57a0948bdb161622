//! `POST /_aw/work/subscription`: what is due in every tenant, as much of it as one call has time for.

use aw_ingress::Caller;
use aw_origin_data::{answer, database, due, secrets::Secrets, tenants};
use aw_platform::{ApiError, Error, Response, Result, Sql, SqlExt, SqlPlatform, http::Method};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{ask::push, catalogue::gifts, credits, entitlements, ledger, press::Press, provider, reconcile};

/// How long one call goes on taking more, in milliseconds: less than a gateway waits for an answer.
const RUN: u64 = 20_000;
/// How many readers, and subscriptions to ask for, of a tenant at once.
const SOME: i64 = 100;

/// How far it came.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Progress {
    /// Readers whose entitlements ended with their time.
    expired: u64,
    /// Subscriptions of which the provider was asked.
    asked: u64,
    /// Subscriptions of deleted accounts that were ended at the provider.
    ended: u64,
    /// Presses that were reconciled.
    reconciled: u64,
    /// Credits that were granted and have expired: how many grants.
    credits: u64,
    /// Presses where something failed; it is done again.
    failed: u64,
}

/// Does it; the operator's alone.
pub(crate) async fn route<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    caller: &Caller,
    method: &Method,
) -> Result<Response<P>, ApiError> {
    due::admit(caller, method)?;
    let until = p.now() + RUN;
    let mut progress = Progress::default();
    for tenant in &tenants::in_turn(p).await? {
        if p.now() >= until {
            break;
        }
        if let Err(error) = tend(Press { p, secrets, tenant }, &mut progress).await {
            progress.failed += 1;
            due::failed(p, "subscription", tenant, None, &error);
        }
    }
    Ok(answer::data(p, caller, 200, progress))
}

/// One statement that tells whether a tenant has anything to do: mostly it has not.
const DUE: &str = "SELECT \
    EXISTS (SELECT 1 FROM derived_entitlements WHERE expires_at <= now()), \
    EXISTS (SELECT 1 FROM subscriptions WHERE doubtful), \
    EXISTS (SELECT 1 FROM payment_provider WHERE reconcile_at <= now()), \
    EXISTS (SELECT 1 FROM credit_grants WHERE remaining > 0 AND expires_at <= now()), \
    EXISTS (SELECT 1 FROM subscriptions WHERE end_due <= now()), \
    EXISTS (SELECT 1 FROM gifts WHERE code_sealed IS NULL)";

async fn tend<P: SqlPlatform>(press: Press<'_, P>, progress: &mut Progress) -> Result<(), ApiError> {
    let sql = database::tenant(press.p, press.tenant).await?;
    let row = sql.query_opt(DUE, &[]).await?.ok_or_else(|| Error::internal("a statement without a row"))?;
    let (ended, doubtful, nightly, credits) = (row.bool(0)?, row.bool(1)?, row.bool(2)?, row.bool(3)?);
    if ended {
        progress.expired += expire(press, &sql).await?;
    }
    if credits {
        progress.credits += credits::expire(press.p, &sql, SOME).await?;
    }
    if row.bool(5)? {
        gifts::seal(press, &sql, SOME).await?;
    }
    if row.bool(4)? {
        progress.ended += end(press, &sql).await?;
    }
    if doubtful {
        progress.asked += settle(press, &sql).await?;
    }
    if nightly {
        progress.reconciled += night(press, &sql).await?;
    }
    if ended || doubtful || nightly {
        push(press.p, press.secrets, press.tenant);
    }
    Ok(())
}

/// Derives anew what readers may read whose time is over.
async fn expire<P: SqlPlatform>(press: Press<'_, P>, sql: &P::Sql) -> Result<u64, ApiError> {
    let statement =
        "SELECT DISTINCT user_id::text FROM derived_entitlements WHERE expires_at <= now() LIMIT $1::bigint";
    let mut count = 0;
    for row in sql.query(statement, &[SOME.into()]).await? {
        let user = row.text(0)?;
        sql.transaction(async |sql| entitlements::derive(press.p, sql, user, "payments").await).await?;
        count += 1;
    }
    Ok(count)
}

/// Asks the provider for what was told in no order.
async fn settle<P: SqlPlatform>(press: Press<'_, P>, sql: &P::Sql) -> Result<u64, ApiError> {
    let client = provider::open(press, sql).await?;
    let statement = "SELECT id FROM subscriptions WHERE doubtful ORDER BY updated_at LIMIT $1::bigint";
    let mut count = 0;
    for row in sql.query(statement, &[SOME.into()]).await? {
        reconcile::ask_again(press, sql, &client, row.text(0)?).await?;
        count += 1;
    }
    Ok(count)
}

/// Ends at the provider what deleted accounts had. Whoever takes one has it for the time until it is due again, which
/// grows from five seconds to an hour; it is due until it has ended.
async fn end<P: SqlPlatform>(press: Press<'_, P>, sql: &P::Sql) -> Result<u64, ApiError> {
    let take = "UPDATE subscriptions SET end_attempts = end_attempts + 1, end_due = now() + interval '1 second' * \
            (0.8 + 0.4 * random()) * least(5 * 3 ^ least(end_attempts, 6), 3600) \
        WHERE id IN (SELECT id FROM subscriptions WHERE end_due <= now() ORDER BY end_due LIMIT $1::bigint \
            FOR UPDATE SKIP LOCKED) RETURNING id";
    let due = sql.query(take, &[SOME.into()]).await?;
    let client = provider::open(press, sql).await?;
    for row in &due {
        // Where the provider is away, it is so for the others, too.
        reconcile::end(press, sql, &client, row.text(0)?).await?;
    }
    Ok(due.len() as u64)
}

/// Reconciles, once of all who come at the same time; forgets events that nobody tells again.
async fn night<P: SqlPlatform>(press: Press<'_, P>, sql: &P::Sql) -> Result<u64, ApiError> {
    let claim = "UPDATE payment_provider SET reconcile_at = now() + interval '10 minutes' \
        WHERE reconcile_at <= now()";
    if sql.execute(claim, &[]).await? == 0 {
        return Ok(0);
    }
    reconcile::run(press, sql, ledger::ACTOR).await?;
    // At another minute each night, so that presses do not all come at once.
    let done = "UPDATE payment_provider SET reconcile_at = now() + interval '1 day' - random() * interval '1 hour'";
    sql.execute(done, &[]).await?;
    sql.execute("DELETE FROM payment_events WHERE received_at < now() - interval '90 days'", &[]).await?;
    sql.execute("DELETE FROM reconciliations WHERE at < now() - interval '1 year'", &[]).await?;
    Ok(1)
}
