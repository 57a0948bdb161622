//! The routes, each at its subject.

use aw_ingress::{Caller, is_below};
use aw_origin_data::{
    answer,
    ask::{Ask, KEEPERS},
    due,
    secrets::Secrets,
    tenants,
};
use aw_platform::{ApiError, Response, Result, SqlPlatform, http::Method};

use crate::{
    change, create, endpoint, feed, probe,
    worker::{Progress, Worker},
};

/// How long one run of the worker goes on taking more, in milliseconds: less than a gateway waits for an answer.
const RUN: u64 = 20_000;

/// Whether a path is one of these routes.
pub fn has(path: &str) -> bool {
    is_below(path, &["/v1/events", "/v1/webhook-endpoints"])
}

/// Answers `/v1/events` and `/v1/webhook-endpoints`: `path` is what comes after `/v1`.
///
/// # Errors
/// What to answer instead.
pub async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    ask.caller.require_role(&KEEPERS)?;
    match (&ask.head.method, path) {
        (&Method::GET, ["events"]) => feed::get(ask).await,
        (&Method::GET, ["webhook-endpoints"]) => list(ask).await,
        (&Method::POST, ["webhook-endpoints"]) => create::post(ask).await,
        (&Method::GET, ["webhook-endpoints", id]) => {
            let endpoint = endpoint::find(&ask.sql().await?, endpoint::id(id)?).await?;
            let version = endpoint.version;
            Ok(ask.versioned(200, endpoint, version))
        }
        (&Method::PATCH, ["webhook-endpoints", id]) => change::patch(ask, endpoint::id(id)?).await,
        (&Method::DELETE, ["webhook-endpoints", id]) => change::delete(ask, endpoint::id(id)?).await,
        (&Method::POST, ["webhook-endpoints", id, "test"]) => probe::post(ask, endpoint::id(id)?).await,
        (_, ["events"] | ["webhook-endpoints"] | ["webhook-endpoints", _] | ["webhook-endpoints", _, "test"]) => {
            Err(ApiError::method_not_allowed())
        }
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn list<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let page = ask.page()?;
    let endpoints = endpoint::page(&ask.sql().await?, page.after, page.limit).await?;
    Ok(ask.paged(page, endpoints, |one| one.id.clone()))
}

/// Answers `POST /_aw/work/events`: does what is due in every tenant, for as long as one run lasts. The operator's
/// alone.
///
/// # Errors
/// 403 for anybody else; 405; the control database cannot be asked.
pub async fn work<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    caller: &Caller,
    method: &Method,
) -> Result<Response<P>, ApiError> {
    due::admit(caller, method)?;
    Ok(answer::data(p, caller, 200, every_tenant(p, secrets).await?))
}

async fn every_tenant<P: SqlPlatform>(p: &P, secrets: &Secrets) -> Result<Progress> {
    let until = p.now() + RUN;
    let mut progress = Progress::default();
    for tenant in &tenants::in_turn(p).await? {
        if p.now() >= until {
            break;
        }
        match (Worker { p, secrets, tenant, until }).run().await {
            Ok(done) => progress += done,
            Err(error) => {
                progress.failed += 1;
                due::failed(p, "events", tenant, None, &error.into());
            }
        }
    }
    Ok(progress)
}
