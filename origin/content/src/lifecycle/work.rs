//! `POST /_aw/work/content`: what is due in every tenant.

use aw_ingress::Caller;
use aw_migrations::tenant_database;
use aw_openapi::JsonSchema;
use aw_origin_data::{database, due};
use aw_platform::{ApiError, Result, Sql, SqlExt, SqlPlatform, Value};
use futures_util::{StreamExt, stream};
use serde::Serialize;

use crate::{publish, service::Content};

/// How many tenants are served at once.
const TENANTS: usize = 8;
/// How many books of one tenant are published in one call.
const BOOKS: usize = 20;
/// How long one call goes on beginning more, in milliseconds.
const RUN: u64 = 10_000;

/// How far it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Worked {
    /// Books that were published because it was time.
    done: u64,
    /// Books that could not be, and tenants where something failed; it is done again.
    failed: u64,
    /// Books that are due still.
    waiting: u64,
}

/// Publishes the books whose time has come. Any number may work at once.
///
/// # Errors
/// 403 for anyone but the operator; the control database cannot be asked.
pub(crate) async fn work<P: SqlPlatform>(p: &P, service: &Content, caller: &Caller) -> Result<Worked, ApiError> {
    caller.require_operator()?;
    let control = database::control(p).await?;
    let select = "SELECT id FROM tenants WHERE ready_at IS NOT NULL AND NOT suspended ORDER BY id";
    let rows = control.query(select, &[]).await?;
    drop(control);
    let until = p.now() + RUN;
    let tenants = rows.iter().filter_map(|row| row.text(0).ok());
    let mut runs = stream::iter(tenants)
        .map(|tenant| async move { (tenant, of_tenant(p, service, caller, tenant, until).await) })
        .buffer_unordered(TENANTS);
    let mut all = Worked::default();
    while let Some((tenant, run)) = runs.next().await {
        match run {
            Ok(run) => {
                all.done += run.done;
                all.failed += run.failed;
                all.waiting += run.waiting;
            }
            Err(error) => {
                all.failed += 1;
                due::failed(p, "content", tenant, None, &error);
            }
        }
    }
    Ok(all)
}

async fn of_tenant<P: SqlPlatform>(
    p: &P,
    service: &Content,
    caller: &Caller,
    tenant: &str,
    until: u64,
) -> Result<Worked, ApiError> {
    let sql = p.sql(&tenant_database(tenant)).await?;
    let mut worked = Worked::default();
    // A lease: who dies over a book leaves it to the next after five minutes.
    let claim = "UPDATE books SET due_at = now() + interval '5 minutes' WHERE id = ( \
            SELECT id FROM books WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) \
        RETURNING id::text";
    for _ in 0..BOOKS {
        if p.now() >= until {
            break;
        }
        let Some(row) = sql.query_opt(claim, &[]).await? else { break };
        let book = row.text(0)?;
        match publish::publish(p, &service.blobs, caller, tenant, book).await {
            Ok(_) => worked.done += 1,
            Err(error) => {
                worked.failed += 1;
                due::failed(p, "content", tenant, Some(&format!("book:{book}")), &error);
                let row: [Value; 2] = [book.into(), error.message().into()];
                let update = "UPDATE books SET due_failures = due_failures + 1, due_error = $2::text, \
                        due_at = now() + least(3600, 10 * power(2, least(due_failures, 9))) * interval '1 second' \
                    WHERE id = $1::text::uuid";
                sql.execute(update, &row).await?;
            }
        }
    }
    if worked.done > 0 {
        service.push(p, tenant);
    }
    let due = sql.query_opt("SELECT count(*) FROM books WHERE due_at <= now()", &[]).await?;
    worked.waiting = due.map_or(Ok(0), |row| row.int(0))?.unsigned_abs();
    Ok(worked)
}
