//! CSRF protection of what has no session yet, or one that must be refreshed first.
//!
//! OWASP's signed double-submit cookie: the form's field must equal the cookie, and the cookie must be one that this
//! tenant made. Another site's page can neither read the cookie nor make one.

use aw_edge_core::{Context, cookie, cookie::Cookie, same_origin};
use aw_platform::{ApiError, Platform};
use aw_trust::{compare, csrf, message};
use http::{HeaderMap, request::Parts};

use crate::cookies;

/// A session's id is a UUID, so none begins like this.
fn subject(random: &str) -> String {
    format!("anonymous {random}")
}

/// The token for a stranger's form: the browser's own where it has a good one, else a new one, set as a cookie.
///
/// # Errors
/// 503 where the tenant has no key that this edge can open.
pub(crate) fn anonymous<P: Platform>(
    ctx: &Context<P>,
    asked: &HeaderMap,
    answer: &mut HeaderMap,
) -> Result<String, ApiError> {
    if let Some(token) = cookie::get(asked, cookie::CSRF).filter(|token| is_ours(ctx, token)) {
        return Ok(token.to_owned());
    }
    let tenant = ctx.site.tenant();
    let key = tenant.keys.first().and_then(|key| ctx.call.edge.token_key(tenant, &key.kid)).ok_or_else(|| {
        ctx.call.note("the tenant has no key that this edge can open");
        ApiError::unavailable("accounts cannot be reached now; try again soon", 5)
    })?;
    let mut random = [0; 16];
    ctx.call.platform.random(&mut random);
    let random = message::nonce(&random);
    let token = format!("{random}.{}", csrf::token(&key, &subject(&random)));
    Cookie { name: cookie::CSRF, value: &token, path: "/", readable: false, secure: ctx.site.secure }.append(answer);
    Ok(token)
}

/// The token for a form that a reader and a stranger may both send: the session's, whose cookie a form in another window
/// may have replaced, else a stranger's.
///
/// # Errors
/// As [`anonymous`].
pub(crate) fn page<P: Platform>(
    ctx: &Context<P>,
    asked: &HeaderMap,
    answer: &mut HeaderMap,
) -> Result<String, ApiError> {
    match ctx.session.reader() {
        Some(reader) => {
            let token = reader.csrf();
            cookies::csrf(ctx, &token).append(answer);
            Ok(token)
        }
        None => anonymous(ctx, asked, answer),
    }
}

/// Whether such a form comes from our own page.
pub(crate) fn is_page<P: Platform>(ctx: &Context<P>, head: &Parts, field: &str) -> bool {
    match ctx.session.reader() {
        Some(_) => ctx.session.may_write(&ctx.site, head, Some(field)).is_ok(),
        None => is_anonymous(ctx, &head.headers, field),
    }
}

/// Whether a stranger's form comes from our own page.
pub(crate) fn is_anonymous<P: Platform>(ctx: &Context<P>, headers: &HeaderMap, field: &str) -> bool {
    same_origin(&ctx.site, headers).is_ok() && submitted_twice(headers, field) && is_ours(ctx, field)
}

/// Whether a request that rests on the cookie `aw_refresh` comes from our own page. The access token may have expired,
/// so the session's own token is not asked for.
///
/// # Errors
/// 403 `AUTH_ORIGIN_FOREIGN`, 403 `AUTH_CSRF_INVALID`.
pub(crate) fn check_refresh<P: Platform>(
    ctx: &Context<P>,
    headers: &HeaderMap,
    field: Option<&str>,
) -> Result<(), ApiError> {
    same_origin(&ctx.site, headers)?;
    let given = field.or_else(|| headers.get("x-csrf-token").and_then(|v| v.to_str().ok()));
    if given.is_some_and(|token| submitted_twice(headers, token)) {
        return Ok(());
    }
    Err(ApiError::new(
        403,
        "AUTH_CSRF_INVALID",
        "a write with a cookie needs X-CSRF-Token, or the field csrf, equal to the cookie aw_csrf",
    ))
}

fn submitted_twice(headers: &HeaderMap, field: &str) -> bool {
    let cookie = cookie::get(headers, cookie::CSRF).unwrap_or_default();
    !cookie.is_empty() && compare::equal(cookie.as_bytes(), field.as_bytes())
}

fn is_ours<P: Platform>(ctx: &Context<P>, token: &str) -> bool {
    let Some((random, mac)) = token.split_once('.') else { return false };
    let tenant = ctx.site.tenant();
    let keys = tenant.keys.iter().filter_map(|key| ctx.call.edge.token_key(tenant, &key.kid));
    keys.into_iter().any(|key| csrf::verify(&key, &subject(random), mac))
}
