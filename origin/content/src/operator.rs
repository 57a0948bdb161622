//! What only the operator does: tenants, and the push of what is due.

use aw_blobs::Blobs;
use aw_ingress::Caller;
use aw_origin_data::{
    answer, database, edges, input,
    push::Pusher,
    secrets::Secrets,
    tenants::{self, NewTenant, Quotas, TenantChange},
};
use aw_platform::{
    ApiError, Response, SqlPlatform,
    http::{Method, request::Parts},
};

/// `/v1/tenants` and what is below it.
///
/// # Errors
/// 403 for anyone but the operator, and what the route itself answers.
pub(crate) async fn tenants<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    caller: &Caller,
    head: &Parts,
    path: &[&str],
    body: &[u8],
) -> Result<Response<P>, ApiError> {
    caller.require_operator()?;
    match (&head.method, path) {
        (&Method::GET, []) => {
            let query = head.uri.query();
            let limit = input::Page::from_query(query.filter(|q| !q.contains("cursor=")))?.limit;
            let after = input::query(query, "cursor");
            if after.as_deref().is_some_and(|after| !aw_model::slug::is_slug(after)) {
                return Err(ApiError::bad_request("REQUEST_QUERY_INVALID", "cursor must be one that a page gave"));
            }
            let all = tenants::list(&database::control(p).await?, after.as_deref(), limit).await?;
            let next = all.last().filter(|_| all.len() == limit as usize).map(|tenant| tenant.id.clone());
            Ok(answer::page(p, caller, all, next, limit))
        }
        (&Method::POST, []) => {
            let new: NewTenant = input::json(&head.headers, body)?;
            Ok(answer::data(p, caller, 201, tenants::create(p, secrets, &new).await?))
        }
        (&Method::GET, [id]) => Ok(answer::data(p, caller, 200, tenants::get(&database::control(p).await?, id).await?)),
        (&Method::PATCH, [id]) => {
            let change: TenantChange = input::json(&head.headers, body)?;
            Ok(answer::data(p, caller, 200, tenants::update(p, secrets, id, &change).await?))
        }
        (&Method::POST, [id, "keys"]) => Ok(answer::data(p, caller, 201, tenants::rotate(p, secrets, id).await?)),
        (&Method::GET, [id, "quotas"]) => {
            let (control, sql) = (database::control(p).await?, database::tenant(p, id).await?);
            tenants::get(&control, id).await?;
            Ok(answer::data(p, caller, 200, Quotas::of(&control, &sql, id).await?))
        }
        (&Method::PUT, [id, "quotas"]) => {
            let quotas: Quotas = input::json(&head.headers, body)?;
            let (control, sql) = (database::control(p).await?, database::tenant(p, id).await?);
            Ok(answer::data(p, caller, 200, quotas.set(&control, &sql, id).await?))
        }
        _ => Err(ApiError::method_not_allowed()),
    }
}

/// `POST /_aw/push`.
///
/// # Errors
/// 403 for anyone but the operator; the control database cannot be asked.
pub(crate) async fn push<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    blobs: &Blobs,
    caller: &Caller,
) -> Result<Response<P>, ApiError> {
    caller.require_operator()?;
    tenants::retire(p, secrets, &database::control(p).await?).await?;
    let edges = edges::configured(p).await?;
    let pusher = Pusher { platform: p, secrets, edges: &edges, blobs: Some(blobs) };
    Ok(answer::data(p, caller, 200, pusher.run().await?))
}
