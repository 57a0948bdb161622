//! Which factors an account has.

use aw_platform::{Result, Sql, SqlExt};
use schemars::JsonSchema;
use serde::Serialize;

/// What may be sent in the second step of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Factor {
    /// A code of an app.
    Totp,
    /// A recovery code.
    Recovery,
    /// A passkey's signature.
    Passkey,
}

/// An account's factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Second {
    pub(crate) totp: bool,
    /// Passkeys, at whatever host.
    pub(crate) passkeys: i64,
    /// Recovery codes that are left.
    pub(crate) codes: i64,
}

impl Second {
    /// Those of `user`.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub(crate) async fn of<S: Sql>(sql: &S, user: &str) -> Result<Self> {
        let statement = "SELECT \
            (SELECT count(*) FROM totp_secrets WHERE user_id = $1::text::uuid AND confirmed_at IS NOT NULL), \
            (SELECT count(*) FROM passkeys WHERE user_id = $1::text::uuid), \
            (SELECT count(*) FROM recovery_codes WHERE user_id = $1::text::uuid AND used_at IS NULL)";
        let row = sql.query_opt(statement, &[user.into()]).await?;
        let row = row.ok_or_else(|| aw_platform::Error::internal("a count without a row"))?;
        Ok(Self { totp: row.int(0)? > 0, passkeys: row.int(1)?, codes: row.int(2)? })
    }

    /// Whether there is any: recovery codes alone are none.
    pub(crate) fn any(self) -> bool {
        self.totp || self.passkeys > 0
    }

    /// What may be sent, in the order in which it is offered.
    pub(crate) fn factors(self) -> Vec<Factor> {
        let all = [(self.totp, Factor::Totp), (self.codes > 0, Factor::Recovery), (self.passkeys > 0, Factor::Passkey)];
        all.into_iter().filter(|(there, _)| *there).map(|(_, factor)| factor).collect()
    }
}
