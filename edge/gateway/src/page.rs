//! Pages about accounts and sales, which the origin makes.

use aw_edge_auth::{self as auth, Asked};
use aw_edge_core::Context;
use aw_model::names;
use aw_platform::{ApiError, Body, Error, Platform, Response};
use http::{HeaderName, HeaderValue, Method, request::Parts};

use crate::{failure::Failure, forward, route::reads};

/// Whether the origin makes this page. What it serves there, each with the service that does, is in authorworks.toml.
pub(crate) fn is_origins(path: &[&str]) -> bool {
    matches!(
        path,
        ["verify" | "forgot" | "reset" | "confirm-email" | "subscribe"] | ["account", "security" | "subscription"]
    )
}

/// Asks the origin for the page, with the token for its forms in the header `x-aw-csrf`.
///
/// # Errors
/// 405; as [`auth::page`] and [`forward::send`].
pub(crate) async fn page<P: Platform>(
    ctx: &Context<P>,
    mut head: Parts,
    body: Body<P::Body>,
) -> Result<Response<P>, Failure> {
    if !reads(&head.method) && head.method != Method::POST {
        return Err(Failure::method("GET, HEAD, POST"));
    }
    let (form, csrf, cookies) = match auth::page(ctx, &head, body).await? {
        Asked::Origin { form, csrf, cookies } => (form, csrf, cookies),
        Asked::Answer(response) => return Ok(response),
    };
    forward::prepare(ctx, &mut head);
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    head.uri = format!("{}{target}", names::PAGES)
        .parse()
        .map_err(|_| ApiError::from(Error::internal("a path to the origin")))?;
    if let Ok(csrf) = HeaderValue::from_str(&csrf) {
        head.headers.insert(HeaderName::from_static(names::header::CSRF), csrf);
    }
    let mut response = forward::send(ctx, head, form).await?;
    for (name, value) in &cookies {
        response.headers_mut().append(name, value.clone());
    }
    Ok(response)
}
