//! `POST /v1/auth/login/factor`: the second step of a login.

use aw_platform::{ApiError, SqlPlatform};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{challenge, desk::Desk, recovery, totp};
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
}

/// What is proved with.
enum Given {
    Totp(Option<String>),
    Recovery(Option<String>),
}

impl Proof {
    fn given(&self) -> Result<Given, ApiError> {
        match (&self.totp, &self.recovery_code) {
            (Some(code), None) => Ok(Given::Totp(totp::cleaned(code))),
            (None, Some(code)) => Ok(Given::Recovery(recovery::cleaned(code))),
            _ => Err(ApiError::new(422, "AUTH_PROOF_INVALID", "send one proof: totp or recoveryCode")),
        }
    }
}

impl<P: SqlPlatform> Desk<'_, P> {
    /// Begins the session.
    pub(super) async fn prove(&self, proof: Proof) -> Result<Tokens, ApiError> {
        let given = proof.given()?;
        let buckets = self.count_address().await?;
        let user = challenge::attempt(&self.sql, &proof.challenge).await?;
        throttle::attempt(&self.sql, &[Bucket::factor(&user)]).await?;
        let tokens = self.enter(&user, buckets, async |sql| {
            let right = match &given {
                Given::Totp(Some(code)) => self.totp_take(sql, &user, code, true).await?,
                Given::Recovery(Some(code)) => recovery::take(self.p, self.secrets, sql, &user, code).await?,
                Given::Totp(None) | Given::Recovery(None) => false,
            };
            if right { challenge::take(sql, &proof.challenge).await } else { Err(wrong()) }
        });
        tokens.await
    }
}

fn wrong() -> ApiError {
    ApiError::unauthorized("AUTH_FACTOR_WRONG", "that code is not right, or was used before")
}
