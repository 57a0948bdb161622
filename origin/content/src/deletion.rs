//! The end of tenants: what only the operator does.

use aw_blobs::Blobs;
use aw_ingress::Caller;
use aw_origin_data::{answer, edges, input, secrets::Secrets, tenants};
use aw_platform::{ApiError, Response, SqlPlatform, http::request::Parts};

/// `DELETE /v1/tenants/ID?confirm=ID&abandon=EDGE`: 200 where nothing is left, 202 where something is to be waited for.
/// Repeated, it goes on.
///
/// # Errors
/// 403 for anyone but the operator; 404; 422 where the id is not confirmed, or for what is no edge's name.
pub(crate) async fn delete<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    blobs: &Blobs,
    caller: &Caller,
    head: &Parts,
    tenant: &str,
) -> Result<Response<P>, ApiError> {
    caller.require_operator()?;
    let query = head.uri.query();
    if input::query(query, "confirm").as_deref() != Some(tenant) {
        let why = "say the id once more, as confirm, to delete the tenant and everything of it for ever";
        return Err(ApiError::new(422, "TENANT_CONFIRMATION_MISSING", why));
    }
    let abandoned: Vec<String> =
        input::query(query, "abandon").iter().flat_map(|edges| edges.split(',')).map(str::to_owned).collect();
    tenants::delete(p, tenant, &abandoned).await?;
    let edges = edges::configured(p).await?;
    let deletion = tenants::Remover { platform: p, secrets, edges: &edges, blobs }.run(tenant).await?;
    Ok(answer::data(p, caller, if deletion.done { 200 } else { 202 }, deletion))
}

/// `POST /_aw/work/tenants`: goes on with what was begun.
///
/// # Errors
/// 403 for anyone but the operator; the control database cannot be asked.
pub(crate) async fn work<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    blobs: &Blobs,
    caller: &Caller,
) -> Result<Response<P>, ApiError> {
    caller.require_operator()?;
    let edges = edges::configured(p).await?;
    let removals = tenants::Remover { platform: p, secrets, edges: &edges, blobs }.run_all().await?;
    Ok(answer::data(p, caller, 200, removals))
}
