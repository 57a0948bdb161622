//! The description of the routes.

use aw_openapi::{Access, Operation};
use aw_origin_data::ask::KEEPERS;

use super::{
    oidc::{Finish, Provider, ProviderChange, ProviderLogin, ProviderName, Start, Started},
    overview::Factors,
    passkeys::{CreationAnswer, LoginOptions, NewName, NewPasskey, Passkey, PasskeyLogin, PasskeyMade, RequestAnswer},
    proof::Proof,
    recovery::RecoveryCodes,
    totp_setup::{Code, Disabling, NewTotp},
};
use crate::session::Tokens;

/// The operations of factors.
pub(crate) fn operations() -> Vec<Operation> {
    let mut all = second_step();
    all.extend(passkeys());
    all.extend(oidc());
    all.extend(providers());
    all
}

fn second_step() -> Vec<Operation> {
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

fn passkeys() -> Vec<Operation> {
    let tag = "passkeys";
    vec![
        Operation::post("/v1/auth/passkeys/login/options", "beginPasskeyLogin")
            .about(tag, "What a browser needs to log in with a passkey")
            .body::<LoginOptions>()
            .answers::<RequestAnswer>(200)
            .refuses(&[401]),
        Operation::post("/v1/auth/passkeys/login", "loginWithPasskey")
            .about(tag, "Logs in with a passkey alone")
            .body::<PasskeyLogin>()
            .answers::<Tokens>(200)
            .refuses(&[401, 422]),
        Operation::post("/v1/auth/passkeys/options", "beginPasskey")
            .about(tag, "What a browser needs to make a passkey")
            .access(Access::Reader)
            .answers::<CreationAnswer>(200)
            .refuses(&[403]),
        Operation::post("/v1/auth/passkeys", "addPasskey")
            .about(tag, "Keeps a passkey that the browser made")
            .access(Access::Reader)
            .body::<NewPasskey>()
            .answers::<PasskeyMade>(201)
            .refuses(&[403, 409, 422]),
        Operation::get("/v1/auth/passkeys", "listPasskeys")
            .about(tag, "The account's passkeys")
            .access(Access::Reader)
            .pages::<Passkey>()
            .refuses(&[403]),
        Operation::patch("/v1/auth/passkeys/{id}", "renamePasskey")
            .about(tag, "Gives a passkey another name")
            .access(Access::Reader)
            .path::<String>("id", "The passkey's id")
            .if_match()
            .body::<NewName>()
            .answers::<Passkey>(200)
            .with_header("ETag", "For the next change")
            .refuses(&[403, 404, 422]),
        Operation::delete("/v1/auth/passkeys/{id}", "removePasskey")
            .about(tag, "Removes a passkey")
            .access(Access::Reader)
            .path::<String>("id", "The passkey's id")
            .answers_nothing(204)
            .refuses(&[403, 404]),
    ]
}

fn oidc() -> Vec<Operation> {
    let tag = "sessions";
    vec![
        Operation::get("/v1/auth/oidc", "listLoginProviders")
            .about(tag, "The identity providers that somebody may log in with")
            .answers::<Vec<ProviderName>>(200),
        Operation::post("/v1/auth/oidc/{name}/start", "beginProviderLogin")
            .about(tag, "Where to send a browser to log in with an identity provider")
            .path::<String>("name", "The provider's name")
            .body::<Start>()
            .answers::<Started>(200)
            .refuses(&[404, 502]),
        Operation::post("/v1/auth/oidc/{name}/finish", "endProviderLogin")
            .about(tag, "Ends a login with what the provider sent the browser back with")
            .path::<String>("name", "The provider's name")
            .body::<Finish>()
            .answers::<ProviderLogin>(200)
            .refuses(&[401, 403, 404, 409, 502]),
    ]
}

fn providers() -> Vec<Operation> {
    let tag = "identity providers";
    vec![
        Operation::get("/v1/identity-providers", "listIdentityProviders")
            .about(tag, "The identity providers of the press: at most twenty")
            .access(Access::Roles(&KEEPERS))
            .answers::<Vec<Provider>>(200),
        Operation::get("/v1/identity-providers/{name}", "getIdentityProvider")
            .about(tag, "An identity provider, without its secret")
            .access(Access::Roles(&KEEPERS))
            .path::<String>("name", "The provider's name")
            .answers::<Provider>(200)
            .with_header("ETag", "For the next change")
            .refuses(&[404]),
        Operation::put("/v1/identity-providers/{name}", "putIdentityProvider")
            .about(tag, "Adds an identity provider, or changes it; it is asked for its discovery document")
            .access(Access::Roles(&KEEPERS))
            .path::<String>("name", "The provider's name: 1 to 40 of a-z, 0-9 and -")
            .if_match_optional()
            .body::<ProviderChange>()
            .answers::<Provider>(200)
            .answers::<Provider>(201)
            .refuses(&[404, 409, 422, 428]),
        Operation::delete("/v1/identity-providers/{name}", "removeIdentityProvider")
            .about(tag, "Removes an identity provider")
            .access(Access::Roles(&KEEPERS))
            .path::<String>("name", "The provider's name")
            .answers_nothing(204)
            .refuses(&[404]),
    ]
}
