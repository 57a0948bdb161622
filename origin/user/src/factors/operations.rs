//! The description of the routes.

use aw_openapi::{Access, Operation};

use super::{
    overview::Factors,
    proof::Proof,
    recovery::RecoveryCodes,
    totp_setup::{Code, Disabling, NewTotp},
};
use crate::session::Tokens;

/// The operations of factors.
pub fn operations() -> Vec<Operation> {
    let tag = "factors";
    vec![
        Operation::post("/v1/auth/login/factor", "proveFactor")
            .about("sessions", "The second step of a login")
            .body::<Proof>()
            .answers::<Tokens>(200)
            .refuses(&[401, 422]),
        Operation::get("/v1/auth/factors", "getFactors")
            .about(tag, "What the account has set up besides a password")
            .access(Access::Reader)
            .answers::<Factors>(200)
            .refuses(&[403]),
        Operation::post("/v1/auth/factors/totp", "beginTotp")
            .about(tag, "A new secret for an app that shows codes; it counts once it is confirmed")
            .access(Access::Reader)
            .answers::<NewTotp>(201)
            .refuses(&[403, 409]),
        Operation::post("/v1/auth/factors/totp/confirm", "confirmTotp")
            .about(tag, "From now on logins ask for a code")
            .access(Access::Reader)
            .body::<Code>()
            .answers::<RecoveryCodes>(200)
            .refuses(&[403, 422]),
        Operation::post("/v1/auth/factors/totp/disable", "disableTotp")
            .about(tag, "Logins no longer ask for a code")
            .access(Access::Reader)
            .body::<Disabling>()
            .answers_nothing(204)
            .refuses(&[403, 409, 422]),
        Operation::post("/v1/auth/factors/recovery-codes", "renewRecoveryCodes")
            .about(tag, "New recovery codes; the old ones are void")
            .access(Access::Reader)
            .answers::<RecoveryCodes>(201)
            .refuses(&[403, 409]),
    ]
}
