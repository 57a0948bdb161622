//! The end of a login: a session, or what is still to be proved.

use aw_platform::{ApiError, Sql, SqlExt, SqlPlatform};
use schemars::JsonSchema;
use serde::Serialize;

use super::{challenge::Challenge, demand, visit::Visit};
use crate::{
    account::Account,
    session::{self, Issuer, Tokens},
    throttle::{self, Bucket},
};

/// The answer to a login.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Login {
    /// It is done.
    Tokens(Tokens),
    /// A second factor is asked for.
    Challenge(Challenge),
}

/// The account with this id.
///
/// # Errors
/// 401 `AUTH_ACCOUNT_GONE` where it was deleted meanwhile, 403 `AUTH_ACCOUNT_SUSPENDED`.
pub(crate) async fn account<S: Sql>(sql: &S, user: &str) -> Result<Account, ApiError> {
    let account = crate::account::read(sql, user).await?;
    account.require_active()?;
    Ok(account)
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// Begins a session of `user`, who has proved enough, once `last` has been done in the same transaction. The
    /// attempts in `buckets` were right.
    ///
    /// # Errors
    /// `last`'s own; 400 `AUTH_HOST_UNKNOWN`; the database refuses it.
    pub(crate) async fn enter(
        &self,
        user: &str,
        mut buckets: Vec<Bucket>,
        last: impl AsyncFnOnce(&P::Sql) -> Result<(), ApiError>,
    ) -> Result<Tokens, ApiError> {
        let issuer = Issuer::find(self.secrets, &self.sql, self.caller).await?;
        let begun = self.sql.transaction(async |sql| -> Result<_, ApiError> {
            last(sql).await?;
            let account = account(sql, user).await?;
            let (session, token) = session::begin(self.p, sql, &account.id, &self.device).await?;
            Ok((account, session, token))
        });
        let (account, session, token) = begun.await?;
        buckets.extend([Bucket::factor(&account.id), Bucket::account(&account.email)]);
        throttle::forgive(&self.sql, &buckets).await?;
        session::sweep(&self.sql).await?;
        issuer.tokens(self.p, account, &session, token)
    }

    /// Begins a session of `user`, who has taken a first step, or asks for the second.
    ///
    /// # Errors
    /// 400 `AUTH_HOST_UNKNOWN`; the database refuses it.
    pub(crate) async fn enter_or_ask(&self, user: &str, buckets: Vec<Bucket>) -> Result<Login, ApiError> {
        if let Some(challenge) = demand(self.p, &self.sql, user).await? {
            return Ok(Login::Challenge(challenge));
        }
        Ok(Login::Tokens(self.enter(user, buckets, async |_| Ok(())).await?))
    }
}
