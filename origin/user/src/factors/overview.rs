//! What somebody has set up.

use aw_platform::{ApiError, SqlPlatform};
use schemars::JsonSchema;
use serde::Serialize;

use super::{second::Second, visit::Visit};

/// An account's factors.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Factors {
    /// Whether codes of an app are asked for.
    totp: bool,
    /// How many passkeys there are.
    passkeys: i64,
    /// How many recovery codes are left.
    recovery_codes: i64,
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// `GET /v1/auth/factors`.
    pub(super) async fn factors(&self) -> Result<Factors, ApiError> {
        let Second { totp, passkeys, codes } = Second::of(&self.sql, self.user()?).await?;
        Ok(Factors { totp, passkeys, recovery_codes: codes })
    }
}
