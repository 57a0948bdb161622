//! What is the installation's and no author's: tenants, the push to the edges and what they fetch, the API's
//! description.

use aw_ingress::Caller;
use aw_origin_data::input;
use aw_platform::{
    ApiError, Path, Response, SqlPlatform,
    http::{Method, request::Parts},
};

use crate::{deletion, description, operator, service::Content, values};

/// Answers.
///
/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(
    content: &Content,
    p: &P,
    caller: &Caller,
    head: &Parts,
    body: &[u8],
) -> Result<Response<P>, ApiError> {
    let Content { secrets, blobs } = content;
    let path = Path::parse(head.uri.path())?;
    match (&head.method, path.segments().as_slice()) {
        (&Method::GET, ["_aw", "values"]) => {
            let key = input::query(head.uri.query(), "key").unwrap_or_default();
            values::value(p, blobs, caller, &key).await
        }
        (&Method::POST, ["_aw", "push"]) => operator::push(p, secrets, blobs, caller).await,
        (&Method::DELETE, ["v1", "tenants", id]) => deletion::delete(p, secrets, blobs, caller, head, id).await,
        (&Method::POST, ["_aw", "work", "tenants"]) => deletion::work(p, secrets, blobs, caller).await,
        (&Method::GET, ["v1", "openapi.json"]) => Ok(description::json::<P>()?),
        (&Method::GET, ["v1", "docs"]) => Ok(description::page::<P>()?),
        (_, ["v1", "tenants", rest @ ..]) => operator::tenants(p, secrets, caller, head, rest, body).await,
        (_, ["_aw", "values" | "push"] | ["_aw", "work", "tenants"] | ["v1", "openapi.json" | "docs"]) => {
            Err(ApiError::method_not_allowed())
        }
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// Whether a path is one of these.
pub(crate) fn has(path: &str) -> bool {
    let ours = ["/v1/tenants", "/v1/openapi.json", "/v1/docs", "/_aw/values", "/_aw/push", "/_aw/work/tenants"];
    aw_ingress::is_below(path, &ours)
}
