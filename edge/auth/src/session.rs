//! Who is logged in, from the token alone.

use aw_edge_core::{Context, reply};
use aw_platform::{Envelope, Platform, Response};
use http::header;
use serde::Serialize;

#[derive(Serialize)]
struct SessionData<'a> {
    authenticated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<User<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct User<'a> {
    id: &'a str,
    email_verified: bool,
    roles: &'a [String],
    entitlements: &'a [String],
}

/// `GET /v1/auth/session`: `{authenticated, user?}`.
pub fn session<P: Platform>(ctx: &Context<P>) -> Response<P> {
    let user = ctx.session.reader().map(|reader| User {
        id: &reader.claims.sub,
        email_verified: reader.claims.email_verified,
        roles: &reader.claims.roles,
        entitlements: &reader.claims.ent,
    });
    let data = SessionData { authenticated: user.is_some(), user };
    let mut response = Envelope::new(data, &ctx.call.id, ctx.call.platform.now()).into_response(200);
    reply::set(&mut response, header::CACHE_CONTROL, reply::NO_STORE);
    response
}
