//! `POST /v1/books/BOOK/publish` and `/unpublish`.

use aw_platform::{ApiError, Response, SqlPlatform, http::Method};

use super::{publish, withdraw};
use crate::ask::Ask;

/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::POST, [_, _, book, "publish"]) => {
            let published = publish(ask.p, &ask.service.blobs, ask.caller, ask.tenant, book).await?;
            ask.push();
            Ok(ask.data(200, published))
        }
        (&Method::POST, [_, _, book, "unpublish"]) => {
            let withdrawn = withdraw(ask.p, &ask.sql().await?, ask.caller, ask.tenant, book).await?;
            ask.push();
            Ok(ask.data(200, withdrawn))
        }
        (_, [_, _, _, _]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}
