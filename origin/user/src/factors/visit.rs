//! What every route here works with.

use std::ops::Deref;

use aw_origin_data::ask::Ask;
use aw_platform::{ApiError, SqlExt, SqlPlatform};

use crate::{
    device::Device,
    throttle::{self, Bucket},
};

/// How long after a login a session may change how its user logs in, in seconds. A session that somebody left open or
/// stole is no proof of who they are.
const FRESH: i64 = 900;

/// A request, with the tenant's database open.
pub(crate) struct Visit<'a, P: SqlPlatform> {
    ask: &'a Ask<'a, P>,
    pub(crate) sql: P::Sql,
    /// What it is asked with.
    pub(crate) device: Device,
}

impl<'a, P: SqlPlatform> Deref for Visit<'a, P> {
    type Target = Ask<'a, P>;

    fn deref(&self) -> &Ask<'a, P> {
        self.ask
    }
}

impl<'a, P: SqlPlatform> Visit<'a, P> {
    pub(crate) async fn open(ask: &'a Ask<'a, P>) -> Result<Self, ApiError> {
        Ok(Self { ask, sql: ask.sql().await?, device: Device::new(&ask.head.headers, ask.caller) })
    }

    /// The user who asks.
    ///
    /// # Errors
    /// 401 for a stranger, 403 `AUTH_USER_REQUIRED` for the operator, who has no account.
    pub(crate) fn user(&self) -> Result<&'a str, ApiError> {
        let user = self.caller.require_user()?;
        if user.parse::<uuid::Uuid>().is_ok() {
            return Ok(user);
        }
        Err(ApiError::new(403, "AUTH_USER_REQUIRED", "this takes an account, which the operator has not"))
    }

    /// The user who asks, who has logged in a short while ago.
    ///
    /// # Errors
    /// As [`user`](Self::user); 403 `AUTH_LOGIN_STALE`.
    pub(crate) async fn fresh_user(&self) -> Result<&'a str, ApiError> {
        let user = self.user()?;
        let session = self.caller.session.as_deref().filter(|id| id.parse::<uuid::Uuid>().is_ok());
        let find = "SELECT 1::bigint FROM sessions WHERE id = $1::text::uuid AND user_id = $2::text::uuid \
            AND ended_at IS NULL AND created_at > now() - $3::bigint * interval '1 second'";
        let found = match session {
            Some(session) => self.sql.query_opt(find, &[session.into(), user.into(), FRESH.into()]).await?,
            None => None,
        };
        if found.is_some() {
            return Ok(user);
        }
        let why = "you logged in a while ago: log out and in again, then change this within fifteen minutes";
        Err(ApiError::new(403, "AUTH_LOGIN_STALE", why))
    }

    /// Counts an attempt of a stranger from this address.
    ///
    /// # Errors
    /// 429 `AUTH_LOGIN_THROTTLED`.
    pub(crate) async fn count_address(&self) -> Result<Vec<Bucket>, ApiError> {
        let buckets: Vec<Bucket> = self.caller.client_ip.map(Bucket::address).into_iter().collect();
        throttle::attempt(&self.sql, &buckets).await?;
        Ok(buckets)
    }

    /// 32 random bytes, such as nobody guesses.
    pub(crate) fn token(&self) -> String {
        super::secret::token(self.p)
    }
}
