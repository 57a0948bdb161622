//! What somebody must hear of: their account is entered in another way from now on.

use aw_origin_data::audit;
use aw_platform::{Platform, Result, Sql};
use serde_json::Value;

use crate::{account, letters::Press, session};

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

    /// What the mail says of the account.
    fn said(self) -> &'static str {
        match self {
            Self::TotpEnabled => "asks for a code of an app from now on when you log in",
            Self::TotpDisabled => "asks for no code of an app any more when you log in",
            Self::RecoveryRenewed => "has new recovery codes; the old ones are void",
            Self::RecoveryUsed => "was entered with a recovery code",
            Self::PasskeyAdded => "has another passkey",
            Self::PasskeyRemoved => "has a passkey less",
            Self::PasskeyCopied => "was asked for with a passkey that may have been copied; it was refused",
            Self::IdentityLinked => "can be entered with an account elsewhere from now on",
        }
    }
}

/// Records the change of `user`'s account and puts the mail about it into the outbox, in the transaction in which it
/// happens.
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
    audit::record(p, sql, user, change.action(), user, details).await?;
    // A press that has no host any more writes to nobody, and an account that is gone is written to no more.
    let Some(host) = session::host_record(sql, None).await? else { return Ok(()) };
    let Ok(account) = account::read(sql, user).await else { return Ok(()) };
    aw_mail::queue(p, sql, &Press::from(&host).factor_changed(&account, change.said())).await.map(drop)
}
