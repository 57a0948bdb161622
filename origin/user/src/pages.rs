//! `/verify`, `/forgot`, `/reset`, `/confirm-email` and `/account/security`: pages about accounts.

mod links;
mod security;

use aw_ingress::Caller;
use aw_origin_pages::Desk;
use aw_platform::{
    ApiError, Response, SqlPlatform,
    http::{Method, request::Parts},
};
use bytes::Bytes;

use crate::service::User;

type At<'a, P> = Desk<'a, P, User>;

/// Makes the page at `path`.
///
/// # Errors
/// There is no such tenant.
pub(crate) async fn route<P: SqlPlatform>(
    (p, caller, service): (&P, &Caller, &User),
    (head, form): (&Parts, &Bytes),
    path: &[&str],
) -> Result<Response<P>, ApiError> {
    let missing = || ApiError::not_found("there is no such page");
    Desk::answer((p, caller, service), (head, form), async |desk: &At<'_, P>| match *path {
        ["account", "security"] => security::show(desk),
        [name] => {
            let link = links::Link::parse(name).ok_or_else(missing)?;
            if head.method == Method::POST { link.follow(desk).await } else { Ok(link.show(desk)) }
        }
        _ => Err(missing()),
    })
    .await
}
