//! The session's cookies.

use aw_edge_core::{
    Context, Reader, Via,
    cookie::{self, Cookie},
};
use aw_platform::{ApiError, Platform};
use http::HeaderMap;

use crate::tokens::Tokens;

/// Where the refresh token is sent: to what refreshes, and to what logs out.
const REFRESH_PATHS: [&str; 2] = ["/v1/auth", "/logout"];

/// Appends the cookies of a session that began or goes on.
///
/// # Errors
/// 401 where this edge cannot verify the token, such as one of a key that has not reached it yet.
pub(crate) fn set<P: Platform>(ctx: &Context<P>, tokens: &Tokens, headers: &mut HeaderMap) -> Result<(), ApiError> {
    let reader = Reader::verify(&ctx.call, ctx.site.tenant(), &tokens.access_token, Via::Cookie)?;
    let secure = ctx.site.secure;
    let csrf = reader.csrf();
    Cookie { name: cookie::ACCESS, value: &tokens.access_token, path: "/", readable: false, secure }.append(headers);
    for path in REFRESH_PATHS {
        Cookie { name: cookie::REFRESH, value: &tokens.refresh_token, path, readable: false, secure }.append(headers);
    }
    self::csrf(ctx, &csrf).append(headers);
    Ok(())
}

/// The cookie of a session's CSRF token.
pub(crate) fn csrf<'a, P: Platform>(ctx: &Context<P>, token: &'a str) -> Cookie<'a> {
    Cookie { name: cookie::CSRF, value: token, path: "/", readable: true, secure: ctx.site.secure }
}

/// Appends what makes a browser forget them.
pub(crate) fn clear<P: Platform>(ctx: &Context<P>, headers: &mut HeaderMap) {
    let secure = ctx.site.secure;
    let mut forget = |name, path| Cookie { name, value: "", path, readable: false, secure }.append(headers);
    forget(cookie::ACCESS, "/");
    REFRESH_PATHS.into_iter().for_each(|path| forget(cookie::REFRESH, path));
    forget(cookie::CSRF, "/");
}
