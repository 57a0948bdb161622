//! The tenant that a request is for.

use std::rc::Rc;

use aw_model::{Tenant, key};
use aw_platform::{ApiError, Platform};
use http::{header, request::Parts};

use crate::{Call, Record, values};

/// A tenant's site, as the browser asked for it.
pub struct Site {
    record: Rc<Record<Tenant>>,
    /// The host with its port, in lower case.
    pub authority: String,
    /// Whether cookies are for TLS only: everywhere but in clear text on this very machine.
    pub secure: bool,
}

impl Site {
    /// The site that `Host` names.
    ///
    /// # Errors
    /// 400 for a `Host` that is missing or there twice; 404 `TENANT_NOT_FOUND`; 503 where
    /// this edge does not know the host and the origin cannot be asked.
    pub async fn find<P: Platform>(call: &Call<P>, head: &Parts) -> Result<Self, ApiError> {
        let authority = authority(head)?;
        let host = host(&authority);
        let key = key::host(host);
        let unknown = || ApiError::new(404, "TENANT_NOT_FOUND", "nobody publishes at this address");
        if !key::is_valid(&key) || host.contains('/') {
            return Err(unknown());
        }
        let record = values::record(call, &key, &call.edge.tenants).await?.ok_or_else(unknown)?;
        let local = host == "localhost" || host.ends_with(".localhost");
        let secure = !local || call.platform.client().tls.is_some();
        Ok(Self { record, authority, secure })
    }

    /// The tenant.
    pub fn tenant(&self) -> &Tenant {
        // A site is made of a record with a value only.
        match &self.record.value {
            Some(tenant) => tenant,
            None => unreachable!("a tombstone is no site"),
        }
    }
}

/// The request's authority in lower case: `HOST[:PORT]`.
///
/// # Errors
/// 400 where there is none, more than one, or two that differ.
pub fn authority(head: &Parts) -> Result<String, ApiError> {
    let bad = |why| ApiError::bad_request("REQUEST_HOST_INVALID", why);
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let named = hosts.next().map(|host| host.to_str().map_err(|_| bad("Host is not ASCII"))).transpose()?;
    if hosts.next().is_some() {
        return Err(bad("there are two Hosts"));
    }
    let asked = head.uri.authority().map(http::uri::Authority::as_str);
    match (named, asked) {
        (Some(host), None) | (None, Some(host)) => Ok(host.to_ascii_lowercase()),
        (Some(host), Some(asked)) if host.eq_ignore_ascii_case(asked) => Ok(host.to_ascii_lowercase()),
        (Some(_), Some(_)) => Err(bad("Host is not the host that the URL names")),
        (None, None) => Err(bad("there is no Host")),
    }
}

/// The host of an authority, without its port.
fn host(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}
