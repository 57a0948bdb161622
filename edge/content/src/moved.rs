//! A book that is elsewhere now: who comes to a slug that it had is sent on.

use aw_edge_core::{Context, apart, reply, values};
use aw_model::{key, record, slug::is_slug};
use aw_platform::{ApiError, Body, Error, Platform, Response};
use http::{StatusCode, header, request::Parts};

/// The answer, or 308 to the same page of the book that was called `name` before (RFC 9110, section 15.4.9). Looked for
/// only where a book of that name was published once: its manifest is a tombstone.
///
/// # Errors
/// `answer`'s own.
pub async fn or_moved<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    name: &str,
    answer: Result<Response<P>, ApiError>,
) -> Result<Response<P>, ApiError> {
    match answer {
        Err(error) if error.code() == "CONTENT_BOOK_NOT_FOUND" && is_slug(name) => {
            apart(elsewhere(ctx, head, name, error)).await
        }
        other => other,
    }
}

/// The answer to who asks for a book that is not called `name`, or not any more.
async fn elsewhere<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    name: &str,
    error: ApiError,
) -> Result<Response<P>, ApiError> {
    let tenant = &ctx.site.tenant().id;
    if values::get(&ctx.call, &key::manifest(tenant, name)).await?.is_none() {
        return Err(error);
    }
    // Where the origin cannot be asked, what is known is that the book is gone from here.
    let Ok(Some(raw)) = values::get(&ctx.call, &key::moved(tenant, name)).await else { return Err(error) };
    let (_, slug) = record::decode::<String>(&raw).map_err(|_| Error::internal("a record cannot be read"))?;
    let Some(slug) = slug.filter(|slug| is_slug(slug) && slug != name) else { return Err(error) };
    let target = head.uri.path_and_query().map_or("", |path| path.as_str());
    // A slug is written in a path as it is: its first occurrence between slashes is the book's.
    let Some((before, after)) = target.split_once(&format!("/books/{name}")) else { return Err(error) };
    let mut response = Response::<P>::new(Body::Empty);
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    reply::set(&mut response, header::LOCATION, &format!("{before}/books/{slug}{after}"));
    reply::set(&mut response, header::CACHE_CONTROL, "public, max-age=60");
    reply::cache_tags(&mut response, &[format!("tenant-{tenant}")]);
    Ok(response)
}
