//! `POST /_aw/work/storage`: uploads that rest for too long end, checks that somebody left are taken up, bytes that
//! are no file's are removed. It does a little each time it is called, in all tenants.

use aw_blobs::Blobs;
use aw_migrations::tenant_database;
use aw_origin_data::{audit, due, tenants};
use aw_platform::{ApiError, Platform, Result, Sql, SqlExt, SqlPlatform, rfc3339};
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::{complete, create::REST, lease, purge, quota};

/// How long one call goes on, in milliseconds.
const RUN: u64 = 10_000;
/// How many files of a tenant one call takes up.
const FILES: i64 = 20;
/// How many tenants are looked after at once.
const TENANTS: usize = 4;
/// How often uploads in parts that nobody knows of are looked for, in seconds.
const STRAYS: i64 = 900;
/// How old they are, at least, in seconds: a younger one's row may be on its way.
const YOUNG: u64 = 3600;
/// What could not be done is done again after so many seconds.
const AGAIN: i64 = 60;

/// What was done.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "StorageWork")]
pub(crate) struct Work {
    /// Uploads that had rested too long.
    expired: u64,
    /// Files that were looked at further.
    checked: u64,
    /// Files whose bytes were removed.
    removed: u64,
    /// Uploads in parts that nobody knew of.
    aborted: u64,
    /// What could not be done and is done again.
    failed: u64,
}

impl std::ops::AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.expired += other.expired;
        self.checked += other.checked;
        self.removed += other.removed;
        self.aborted += other.aborted;
        self.failed += other.failed;
    }
}

/// Works in all tenants; each call begins anywhere, so that a busy one does not keep the others waiting.
///
/// # Errors
/// The control database cannot be asked. What fails in a tenant is recorded and done again.
pub(crate) async fn run<P: SqlPlatform>(p: &P, blobs: &Blobs) -> Result<Work, ApiError> {
    let tenants = tenants::in_turn(p).await?;
    let until = p.now() + RUN;
    let mut work = Work::default();
    let mut runs = stream::iter(&tenants)
        .map(|tenant| async move { (tenant, tenant_work(p, blobs, tenant, until).await) })
        .buffer_unordered(TENANTS);
    while let Some((tenant, done)) = runs.next().await {
        match done {
            Ok(done) => work += done,
            Err(error) => {
                work.failed += 1;
                due::failed(p, "storage", tenant, None, &error);
            }
        }
    }
    Ok(work)
}

async fn tenant_work<P: SqlPlatform>(p: &P, blobs: &Blobs, tenant: &str, until: u64) -> Result<Work, ApiError> {
    let mut work = Work::default();
    if p.now() >= until {
        return Ok(work);
    }
    let sql = p.sql(&tenant_database(tenant)).await?;
    let sql = &sql;
    // Claimed by being put off, so that another call takes others.
    let claim = "UPDATE files SET due_at = now() + $2::bigint * interval '1 second' WHERE id IN (SELECT id FROM files \
            WHERE due_at < now() AND (lease_until IS NULL OR lease_until < now()) \
            ORDER BY due_at LIMIT $1::bigint FOR UPDATE SKIP LOCKED) \
        RETURNING id::text, state";
    for row in sql.query(claim, &[FILES.into(), AGAIN.into()]).await? {
        let (id, state) = (row.text(0)?.parse().unwrap_or_default(), row.text(1)?);
        let done = match state {
            _ if p.now() >= until => put_back(sql, id).await.map(|()| Work::default()),
            "uploading" => expire(p, sql, id).await,
            "checking" => check(p, blobs, sql, tenant, id, until).await,
            _ => remove(p, blobs, sql, tenant, id).await,
        };
        match done {
            Ok(done) => work += done,
            Err(error) => {
                work.failed += 1;
                due::failed(p, "storage", tenant, Some(&format!("file:{id}")), &error);
            }
        }
    }
    work.aborted = strays(p, blobs, sql, tenant).await?;
    Ok(work)
}

async fn put_back<S: Sql>(sql: &S, id: Uuid) -> Result<(), ApiError> {
    sql.execute("UPDATE files SET due_at = now() WHERE id = $1::text::uuid", &[id.into()]).await?;
    Ok(())
}

/// Deletes an upload that has rested for too long. Its bytes are due at once.
async fn expire<P: Platform, S: Sql>(p: &P, sql: &S, id: Uuid) -> Result<Work, ApiError> {
    sql.transaction(async |sql| {
        let update = "UPDATE files SET state = 'deleted', lease = NULL, lease_until = NULL, hash = NULL, due_at = now(), \
            version = version + 1, updated_at = now() WHERE id = $1::text::uuid AND state = 'uploading' \
                AND (lease_until IS NULL OR lease_until < now()) RETURNING size";
        let Some(row) = sql.query_opt(update, &[id.into()]).await? else { return Ok(Work::default()) };
        quota::give_back(sql, row.int(0)?.unsigned_abs()).await?;
        audit::record(p, sql, "operator", "storage.file.expired", &id.to_string(), json!({})).await?;
        Ok(Work { expired: 1, ..Work::default() })
    })
    .await
}

/// Goes on with a file that is being checked and that nobody is at.
async fn check<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    id: Uuid,
    until: u64,
) -> Result<Work, ApiError> {
    let Some((lease, file)) = lease::take(p, sql, id).await? else { return Ok(Work::default()) };
    match complete::advance(p, blobs, sql, tenant, file, &lease, until).await {
        Err(error) if error.status() == 422 => {}
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    // One that needs more time is due again at once.
    let again = "UPDATE files SET due_at = now() WHERE id = $1::text::uuid AND state = 'checking'";
    sql.execute(again, &[id.into()]).await?;
    Ok(Work { checked: 1, ..Work::default() })
}

/// Removes what is no file's. The row of one that is deleted stays for as long as a URL may still write.
async fn remove<P: Platform, S: Sql>(p: &P, blobs: &Blobs, sql: &S, tenant: &str, id: Uuid) -> Result<Work, ApiError> {
    purge::bytes(p, blobs, sql, tenant, id).await?;
    let delete = "DELETE FROM files WHERE id = $1::text::uuid AND signed_until < now() - interval '1 minute' \
        AND (state = 'deleted' OR state = 'refused' AND updated_at < now() - $2::bigint * interval '1 second')";
    if sql.execute(delete, &[id.into(), REST.into()]).await? == 0 {
        let later = "UPDATE files SET due_at = CASE state WHEN 'stored' THEN NULL \
                WHEN 'deleted' THEN signed_until + interval '2 minutes' \
                ELSE greatest(signed_until, updated_at + $2::bigint * interval '1 second') + interval '2 minutes' END \
            WHERE id = $1::text::uuid AND state IN ('stored', 'deleted', 'refused')";
        sql.execute(later, &[id.into(), REST.into()]).await?;
    }
    Ok(Work { removed: 1, ..Work::default() })
}

/// Ends uploads in parts that no row knows of: their beginner died before it could say.
async fn strays<P: Platform, S: Sql>(p: &P, blobs: &Blobs, sql: &S, tenant: &str) -> Result<u64, ApiError> {
    let due = "UPDATE storage SET swept_at = now() WHERE swept_at < now() - $1::bigint * interval '1 second'";
    if sql.execute(due, &[STRAYS.into()]).await? == 0 {
        return Ok(0);
    }
    let mut aborted = 0;
    let old = rfc3339(p.now().saturating_sub(YOUNG * 1000));
    for upload in blobs.uploads(p, &format!("f/{tenant}/")).await? {
        let known = "SELECT 1::bigint FROM files WHERE upload = $1::text LIMIT 1";
        if upload.begun.as_str() < old.as_str() && sql.query_opt(known, &[(&upload.id).into()]).await?.is_none() {
            blobs.abort_upload(p, &upload.key, &upload.id).await?;
            aborted += 1;
        }
    }
    Ok(aborted)
}
