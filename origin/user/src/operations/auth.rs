//! Sessions, and what mailed links do.

use aw_openapi::{Access, Operation};

use crate::{
    auth::RefreshToken,
    factors::Login,
    login::Credentials,
    register::Registration,
    reset::{Accepted, Forgotten, NewPassword},
    session::Tokens,
    verification::{LinkToken, Proved},
};

pub(super) fn operations() -> Vec<Operation> {
    let post = |path, id, summary| Operation::post(path, id).about("auth", summary).access(Access::Public);
    vec![
        post("/v1/auth/register", "register", "Makes an account, mails a link that proves its address, and logs in")
            .body::<Registration>()
            .answers::<Tokens>(201)
            .refuses(&[403, 404, 409, 422]),
        post("/v1/auth/login", "login", "Begins a session, or asks who has set one up for a second factor")
            .body::<Credentials>()
            .answers::<Login>(200)
            .refuses(&[401, 403, 404]),
        post("/v1/auth/refresh", "refresh", "New tokens for a refresh token, or for the cookie aw_refresh")
            .body_optional::<RefreshToken>()
            .answers::<Tokens>(200)
            .refuses(&[401, 403, 404]),
        post("/v1/auth/logout", "logout", "Ends the session of a refresh token, or of the caller")
            .body_optional::<RefreshToken>()
            .answers_nothing(204)
            .refuses(&[403, 404]),
        post("/v1/auth/verify", "verifyEmail", "Proves an account's address by the link that was mailed there")
            .body::<LinkToken>()
            .answers::<Proved>(200)
            .refuses(&[403, 404]),
        post(
            "/v1/auth/password/forgot",
            "forgotPassword",
            "Mails a link to set a new password, if there is the account",
        )
        .body::<Forgotten>()
        .answers::<Accepted>(202)
        .refuses(&[403, 404, 422]),
        post("/v1/auth/password/reset", "resetPassword", "Sets a new password by link, and ends every session")
            .body::<NewPassword>()
            .answers_nothing(204)
            .refuses(&[403, 404, 422]),
        post("/v1/auth/email/confirm", "confirmEmail", "Proves a new address by link, which becomes the account's")
            .body::<LinkToken>()
            .answers::<Proved>(200)
            .refuses(&[403, 404, 409]),
    ]
}
