//! `GET /_aw/values?key=K`: what an edge does not have.

use aw_blobs::Blobs;
use aw_ingress::{Caller, Kind};
use aw_model::{key, names::header};
use aw_origin_data::{
    database, files,
    objects::{self, sha256},
    records, tenants,
};
use aw_platform::{
    ApiError, Body, Platform, Response, Sql, SqlExt, SqlPlatform,
    http::{self, HeaderValue},
};

/// The value under `key`, as bytes.
///
/// # Errors
/// 403 for what is not an edge's own request, 400 `VALUE_KEY_INVALID`, 404 where there is no such value.
pub(crate) async fn value<P: SqlPlatform>(
    p: &P,
    blobs: &Blobs,
    caller: &Caller,
    name: &str,
) -> Result<Response<P>, ApiError> {
    own(caller)?;
    if !key::is_valid(name) {
        return Err(ApiError::bad_request("VALUE_KEY_INVALID", "key must be one of aw_model::key"));
    }
    let tenant = match (key::tenant(name), name.strip_prefix("h/")) {
        (Some(tenant), _) => tenant.to_owned(),
        (None, Some(host)) => {
            let found = tenants::of_host(&database::control(p).await?, host).await?;
            found.ok_or_else(no_value)?
        }
        (None, None) => return Err(no_value()),
    };
    let sql = database::tenant(p, &tenant).await.map_err(|e| if e.status() == 404 { no_value() } else { e })?;
    if key::is_object(name) {
        return part(p, blobs, &sql, &tenant, name).await;
    }
    let (version, bytes) = records::read(&sql, name).await?.ok_or_else(no_value)?;
    let mut response = octets::<P>(&sha256(&bytes), bytes.into())?;
    response.headers_mut().insert(header::VERSION, version.into());
    Ok(response)
}

/// Only an edge that asks for itself. What it forwards for a browser carries the browser's host and address, and a
/// browser has no business here: here is no paywall.
fn own(caller: &Caller) -> Result<(), ApiError> {
    let forwarded = caller.host.is_some() || caller.client_ip.is_some() || caller.user.is_some();
    if matches!(caller.kind, Kind::Edge(_)) && forwarded {
        return Err(ApiError::new(403, "VALUE_FORBIDDEN", "only an edge reads values, and only for itself"));
    }
    Ok(())
}

async fn part<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    name: &str,
) -> Result<Response<P>, ApiError> {
    let (hash, number) = objects::parse_key(name).ok_or_else(no_value)?;
    let select = "SELECT parts FROM objects WHERE sha256 = $1::text";
    let (place, parts) = match sql.query_opt(select, &[hash.into()]).await? {
        Some(row) => (objects::place(tenant, hash), row.int(0)?.unsigned_abs()),
        None => files::public(sql, hash).await?.ok_or_else(no_value)?,
    };
    if number >= parts {
        return Err(no_value());
    }
    if parts == 1 {
        // Its name is its hash: it need not be opened.
        let object = blobs.get(p, &place).await?.ok_or_else(lost)?;
        return octets::<P>(hash, object.body);
    }
    let bytes = objects::read_part_at(p, blobs, &place, number).await?;
    octets::<P>(&sha256(&bytes), bytes.into())
}

fn octets<P: Platform>(sha256: &str, body: Body<P::Body>) -> Result<Response<P>, ApiError> {
    let etag = HeaderValue::from_str(&format!("\"{sha256}\""));
    let etag = etag.map_err(|_| aw_platform::Error::internal("a hash that is none"))?;
    let mut response = Response::<P>::new(body);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(http::header::ETAG, etag);
    Ok(response)
}

fn no_value() -> ApiError {
    ApiError::new(404, "VALUE_NOT_FOUND", "there is no such value")
}

/// A row says that there is an object which the store does not have.
fn lost() -> aw_platform::Error {
    aw_platform::Error::internal("an object is missing from the object store")
}
