//! The rest goes to the origin.

use std::time::Duration;

use aw_edge_core::{Context, identity, origin};
use aw_platform::{ApiError, Body, Bytes, Collected, Error, Platform, Response, strip_hop_by_hop};
use http::{HeaderName, request::Parts};

/// The longest body, in bytes: it is read whole, since its digest is signed. What is longer goes to the object store.
pub(crate) const BODY: u64 = 8 * 1024 * 1024;
/// How long the origin has: an import takes its time.
const PATIENCE: Duration = Duration::from_secs(60);

/// Headers that end at the edge, besides the connection's: of the reader's session, of a proxy before us, and those that
/// the signature brings anew.
const ENDS_HERE: [&str; 10] = [
    "expect",
    "authorization",
    "cookie",
    "forwarded",
    "x-real-ip",
    "content-length",
    "content-digest",
    "signature",
    "signature-input",
    "x-csrf-token",
];

/// Sends the request on, signed, as the reader's; streams the answer back unopened.
///
/// # Errors
/// 413; 401 and 403 for a browser's write that cannot prove where it comes from; 503 where the origin cannot be asked.
pub(crate) async fn forward<P: Platform>(
    ctx: &Context<P>,
    mut head: Parts,
    body: Body<P::Body>,
) -> Result<Response<P>, ApiError> {
    if !head.method.is_safe() {
        ctx.session.may_write(&ctx.site, &head, None)?;
    }
    let body = match body.collect(BODY as usize).await {
        Ok(Collected::All(bytes)) => bytes,
        Ok(Collected::TooLarge) => return Err(ApiError::body_too_large(BODY)),
        Err(_) => return Err(ApiError::bad_request("REQUEST_BODY_BROKEN", "the body broke off")),
    };
    prepare(ctx, &mut head);
    send(ctx, head, body).await
}

/// Takes off a head what ends here and sets who asks.
pub(crate) fn prepare<P: Platform>(ctx: &Context<P>, head: &mut Parts) {
    strip_hop_by_hop(&mut head.headers);
    ENDS_HERE.into_iter().for_each(|name| drop(head.headers.remove(name)));
    let forwarded = |name: &&HeaderName| name.as_str().starts_with("x-forwarded-");
    for name in head.headers.keys().filter(forwarded).cloned().collect::<Vec<_>>() {
        head.headers.remove(name);
    }
    identity::set(ctx, &mut head.headers);
}

/// Sends what [`prepare`] has prepared.
///
/// # Errors
/// 503 where the origin cannot be asked.
pub(crate) async fn send<P: Platform>(ctx: &Context<P>, mut head: Parts, body: Bytes) -> Result<Response<P>, ApiError> {
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    head.uri = target.parse().map_err(|_| Error::internal("a path to the origin"))?;
    match origin::send(&ctx.call, head, body, PATIENCE).await {
        Ok(mut response) => {
            strip_hop_by_hop(response.headers_mut());
            Ok(response)
        }
        Err(error) => {
            ctx.call.note(error);
            Err(ApiError::new(503, "EDGE_ORIGIN_UNAVAILABLE", "this cannot be done now; try again soon").retry_after(5))
        }
    }
}
