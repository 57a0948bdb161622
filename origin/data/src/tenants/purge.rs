//! A tenant's values, gone from an edge.

use std::time::Duration;

use aw_platform::{
    Error, FetchOptions, Result, Sql, SqlExt, SqlPlatform, Value,
    http::{self, HeaderValue},
};
use aw_trust::{message, sigv4::escape};
use serde::Deserialize;

use super::{
    delete::Waiting,
    remove::{Doomed, Remover},
};
use crate::{backoff, edges::Edge, push::ORIGIN};

/// How long an edge may take to answer: it deletes one key after the other.
const PATIENCE: Duration = Duration::from_secs(15);

/// An edge's answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Purged {
    more: bool,
    cursor: Option<String>,
    stale_seconds: i64,
}

#[derive(Deserialize)]
struct Envelope {
    data: Purged,
}

/// How far a pass over an edge came.
enum Pass {
    /// To its end; how long the edge's lists may be stale, in milliseconds.
    Whole(i64),
    /// The time was over.
    Part,
}

/// Has an edge delete what it has of the tenant; what is to be waited for there.
pub(super) async fn purge<P: SqlPlatform>(
    remover: &Remover<'_, P>,
    control: &P::Sql,
    doomed: &Doomed<'_>,
    edge: Edge,
    targets: &[String],
) -> Result<Option<Waiting>> {
    let wait = |why: String| Ok(Some(Waiting { what: format!("edge:{}", edge.name), why }));
    let key: [Value; 2] = [doomed.id.into(), edge.name.into()];
    let select = "SELECT abandoned OR clean_at IS NOT NULL, due_at <= now(), failures FROM tenant_purges \
        WHERE tenant = $1::text AND edge = $2::text";
    let mut failures = 0;
    if let Some(row) = control.query_opt(select, &key).await? {
        failures = row.int(2)?;
        match (row.bool(0)?, row.bool(1)?) {
            (true, _) => return Ok(None),
            (false, true) => {}
            (false, false) if failures > 0 => return wait("it could not be reached, and is tried again".into()),
            (false, false) => return wait("what was on its way may still arrive".into()),
        }
    }
    let quiet = doomed.quiet(remover.platform.now());
    let passed = pass(remover, doomed, edge, targets).await;
    let (clean, failures, due, why) = match &passed {
        Ok(Pass::Whole(stale)) if quiet >= *stale => (true, 0, 0, String::new()),
        // Once more, when nothing can have come after it and every list shows it.
        Ok(Pass::Whole(stale)) => (false, 0, stale - quiet, "what was on its way may still arrive".into()),
        Ok(Pass::Part) => (false, 0, 0, "there is more to delete".into()),
        Err(error) => (false, failures + 1, backoff::OURS.wait(remover.platform, failures + 1), error.to_string()),
    };
    let [tenant, name] = key;
    let row: [Value; 5] = [tenant, name, clean.into(), failures.into(), due.into()];
    let settle = "INSERT INTO tenant_purges AS p (tenant, edge, clean_at, failures, due_at) \
        SELECT $1::text, $2::text, CASE WHEN $3::boolean THEN now() END, $4::bigint, \
            now() + $5::bigint * interval '1 millisecond' \
        WHERE EXISTS (SELECT 1 FROM tenants WHERE id = $1::text) \
        ON CONFLICT (tenant, edge) DO UPDATE SET clean_at = coalesce(p.clean_at, excluded.clean_at), \
            failures = excluded.failures, due_at = excluded.due_at";
    control.execute(settle, &row).await?;
    if clean { Ok(None) } else { wait(why) }
}

/// One pass over everything that the edge may have.
async fn pass<P: SqlPlatform>(
    remover: &Remover<'_, P>,
    doomed: &Doomed<'_>,
    edge: Edge,
    targets: &[String],
) -> Result<Pass> {
    let mut stale = 0;
    for target in targets {
        let mut cursor: Option<String> = None;
        loop {
            if remover.platform.now() >= doomed.until {
                return Ok(Pass::Part);
            }
            let purged = ask(remover, edge, target, cursor.as_deref()).await?;
            stale = stale.max(purged.stale_seconds.clamp(0, 3600) * 1000);
            cursor = purged.cursor.filter(|_| purged.more);
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(Pass::Whole(stale))
}

async fn ask<P: SqlPlatform>(
    remover: &Remover<'_, P>,
    edge: Edge,
    target: &str,
    cursor: Option<&str>,
) -> Result<Purged> {
    let mut path = format!("/_aw/purge?prefix={target}");
    if let Some(cursor) = cursor {
        path = format!("{path}&cursor={}", escape(cursor));
    }
    let mut request = http::Request::new(());
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = path.parse().map_err(|_| Error::internal("a prefix that cannot be in a query"))?;
    request.headers_mut().insert(http::header::HOST, HeaderValue::from_static(edge.authority));
    let (mut head, ()) = request.into_parts();
    let p = remover.platform;
    message::sign_now(p, &mut head, edge.authority, (ORIGIN, remover.secrets.request()), b"")
        .map_err(|e| Error::internal(e.to_string()))?;
    let request = http::Request::from_parts(head, aw_platform::Body::Empty);
    let response = p.fetch(edge.backend, request, FetchOptions { first_byte: PATIENCE }).await?;
    let status = response.status();
    let text = response.into_body().bytes(64 << 10).await?;
    if !status.is_success() {
        return Err(Error::upstream(format!("it answers {}", status.as_u16())));
    }
    let envelope: Envelope =
        serde_json::from_slice(&text).map_err(|_| Error::upstream("its answer is not what it should be"))?;
    Ok(envelope.data)
}
