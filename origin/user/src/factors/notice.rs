//! What somebody must hear of: their account is entered in another way from now on.

use aw_origin_data::audit;
use aw_platform::{Platform, Result, Sql};
use serde_json::Value;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Codes are asked for.
    TotpEnabled,
    /// Codes are no longer asked for.
    TotpDisabled,
    /// There are new recovery codes, and the old ones are void.
    RecoveryRenewed,
    /// A recovery code let somebody in.
    RecoveryUsed,
    /// There is another passkey.
    PasskeyAdded,
    /// A passkey is gone.
    PasskeyRemoved,
    /// A passkey's signatures count backwards: it may have been copied, and was refused.
    PasskeyCopied,
    /// A provider's account stands for this one.
    IdentityLinked,
}

impl Change {
    fn action(self) -> &'static str {
        match self {
            Self::TotpEnabled => "user.totp.enabled",
            Self::TotpDisabled => "user.totp.disabled",
            Self::RecoveryRenewed => "user.recovery-codes.renewed",
            Self::RecoveryUsed => "user.recovery-codes.used",
            Self::PasskeyAdded => "user.passkey.added",
            Self::PasskeyRemoved => "user.passkey.removed",
            Self::PasskeyCopied => "user.passkey.copied",
            Self::IdentityLinked => "user.identity.linked",
        }
    }
}

/// Records the change of `user`'s account, in the transaction in which it happens.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn send<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    user: &str,
    change: Change,
    details: Value,
) -> Result<()> {
    audit::record(p, sql, user, change.action(), user, details).await
}
