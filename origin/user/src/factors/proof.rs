//! `POST /v1/auth/login/factor`: the second step of a login.

use aw_platform::{ApiError, SqlPlatform};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    challenge,
    passkeys::{Assertion, Used},
    recovery, totp,
    visit::Visit,
};
use crate::{
    session::Tokens,
    throttle::{self, Bucket},
};

/// A challenge and one proof.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Proof {
    /// From the first step.
    #[schemars(length(max = 128))]
    challenge: String,
    /// A code of an app: six digits.
    #[schemars(length(max = 16))]
    totp: Option<String>,
    /// One of the recovery codes.
    #[schemars(length(max = 32))]
    recovery_code: Option<String>,
    /// What the browser signed, of options that were asked for with this challenge.
    passkey: Option<Assertion>,
}

/// What is proved with.
enum Given {
    Totp(Option<String>),
    Recovery(Option<String>),
    Passkey(Used),
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// Begins the session.
    pub(super) async fn prove(&self, proof: Proof) -> Result<Tokens, ApiError> {
        let count = [proof.totp.is_some(), proof.recovery_code.is_some(), proof.passkey.is_some()];
        if count.into_iter().filter(|there| *there).count() != 1 {
            let why = "send one proof: totp, recoveryCode or passkey";
            return Err(ApiError::new(422, "AUTH_PROOF_INVALID", why));
        }
        let buckets = self.count_address().await?;
        let user = challenge::attempt(&self.sql, &proof.challenge).await?;
        throttle::attempt(&self.sql, &[Bucket::factor(&user)]).await?;
        let given = match &proof {
            Proof { passkey: Some(assertion), .. } => Given::Passkey(self.passkey_verify(assertion).await?),
            Proof { totp: Some(code), .. } => Given::Totp(totp::cleaned(code)),
            Proof { recovery_code, .. } => Given::Recovery(recovery_code.as_deref().and_then(recovery::cleaned)),
        };
        let tokens = self.enter(&user, buckets, async |sql| {
            let right = match &given {
                Given::Totp(Some(code)) => self.totp_take(sql, &user, code, true).await?,
                Given::Recovery(Some(code)) => recovery::take(self.p, self.secrets, sql, &user, code).await?,
                Given::Totp(None) | Given::Recovery(None) => false,
                Given::Passkey(used) if used.user == user => {
                    self.passkey_use(sql, used).await?;
                    true
                }
                Given::Passkey(_) => false,
            };
            if right { challenge::take(sql, &proof.challenge).await } else { Err(wrong()) }
        });
        tokens.await
    }
}

fn wrong() -> ApiError {
    ApiError::unauthorized("AUTH_FACTOR_WRONG", "that code is not right, or was used before")
}
