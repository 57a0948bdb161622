//! `POST /_aw/purge?prefix=P`: the origin takes back what it delivered of a tenant that is no more.

use aw_edge_core::Call;
use aw_model::{key, names};
use aw_pages::form;
use aw_platform::{ApiError, Body, Envelope, Error, Kv, Platform, Response, Result, StoreId};
use http::request::Parts;
use serde::Serialize;

use crate::ingest;

/// The most keys that a call deletes: Workers count each as a request of its own, and allow 50.
const MOST: u32 = 40;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Purged {
    deleted: usize,
    more: bool,
    /// Where the next call goes on, where there is more.
    cursor: Option<String>,
    /// How long a key may be there that no list shows.
    stale_seconds: u64,
}

/// Deletes some of the keys that begin with a tenant's prefix `KIND/TENANT/`, or the key of a host, `h/HOST`.
///
/// # Errors
/// 401 for what the origin did not sign for this edge just now; 400 for any other prefix; 503 where the store cannot
/// be reached.
pub(crate) async fn purge<P: Platform>(
    call: &Call<P>,
    head: Parts,
    body: Body<P::Body>,
) -> Result<Response<P>, ApiError> {
    ingest::admit(call, &head, body, 0).await?;
    let query = head.uri.query().unwrap_or_default().as_bytes();
    let prefix = form::field(query, "prefix").unwrap_or_default();
    if !is_host(&prefix) && !is_tenants(&prefix) {
        return Err(ApiError::bad_request("EDGE_PREFIX_INVALID", "prefix must be KIND/TENANT/ or h/HOST"));
    }
    let purged = forget(call, &prefix, form::field(query, "cursor").as_deref()).await;
    let purged = purged.map_err(|error| ingest::unreachable(call, error))?;
    Ok(Envelope::new(purged, &call.id, call.platform.now()).into_response(200))
}

async fn forget<P: Platform>(call: &Call<P>, prefix: &str, cursor: Option<&str>) -> Result<Purged, Error> {
    let kv = call.platform.kv(StoreId(names::STORE))?;
    let (keys, cursor) = if is_host(prefix) {
        (kv.get(prefix).await?.map(|_| prefix.to_owned()).into_iter().collect(), None)
    } else {
        let page = kv.list(prefix, cursor, MOST).await?;
        (page.keys, page.cursor)
    };
    for key in &keys {
        kv.delete(key).await?;
        call.edge.forget(key);
    }
    Ok(Purged { deleted: keys.len(), more: cursor.is_some(), cursor, stale_seconds: P::Kv::STALE.as_secs() })
}

/// Whether it is the key of a host's record.
fn is_host(prefix: &str) -> bool {
    prefix.strip_prefix("h/").is_some_and(|host| !host.contains('/')) && key::is_valid(prefix)
}

/// Whether all keys that begin so are one tenant's, and of one kind.
fn is_tenants(prefix: &str) -> bool {
    prefix.strip_suffix('/').is_some_and(|p| !p.starts_with("h/") && p.split('/').count() == 2 && key::is_valid(p))
}
