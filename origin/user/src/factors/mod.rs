//! How somebody proves who they are, beyond a password: codes, recovery codes, passkeys, other providers' accounts.
//!
//! Who has one of the first three is asked for it by every login that a password or a provider began: such a login is
//! answered with a [`Challenge`], which buys the tokens together with a proof.

mod challenge;
mod enter;
mod notice;
mod oidc;
mod operations;
mod overview;
mod passkeys;
mod proof;
mod qr;
mod recovery;
mod routes;
mod second;
mod secret;
mod signature;
mod totp;
mod totp_setup;
mod visit;
mod webauthn;

pub(crate) use challenge::demand;
pub(crate) use enter::Login;
pub(crate) use operations::operations;
pub(crate) use routes::{has, route};
