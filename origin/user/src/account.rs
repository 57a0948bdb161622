//! An account as the API shows it.

use aw_platform::{ApiError, Error, Result, Row, Sql, SqlExt};
use schemars::JsonSchema;
use serde::Serialize;

/// What the API shows of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    /// A UUID.
    pub(crate) id: String,
    /// The address, in lower case.
    pub(crate) email: String,
    /// Whether a link that was mailed there was followed.
    pub(crate) email_verified: bool,
    /// The name that others see.
    pub(crate) display_name: String,
    /// `owner`, `admin`, `editor`, `author`, `reader`.
    pub(crate) roles: Vec<String>,
    /// `tier:NAME` or `book:ID`.
    pub(crate) entitlements: Vec<String>,
    /// Whether it can log in no more.
    pub(crate) suspended: bool,
    /// What the reader has paid for or was given, beside the entitlements that are set by hand.
    #[serde(skip)]
    pub(crate) derived: Box<[String]>,
    /// Second up to which all tokens are void.
    #[serde(skip)]
    pub(crate) void_until: u64,
    #[serde(skip)]
    pub(crate) version: i64,
}

/// The columns of table `users u` that an account is read from.
pub(crate) const COLUMNS: &str = "u.id::text, u.email, u.display_name, array_to_json(u.roles)::text, \
    array_to_json(u.entitlements)::text, u.tokens_void_until, u.version, u.email_verified_at IS NOT NULL, \
    u.suspended_at IS NOT NULL, \
    (SELECT coalesce(json_agg(d.entitlement ORDER BY d.entitlement), '[]')::text FROM derived_entitlements d \
        WHERE d.user_id = u.id AND coalesce(d.expires_at > now(), true))";

impl Account {
    /// From a row whose columns from `first` on are [`COLUMNS`].
    pub(crate) fn from_row(row: &Row, first: usize) -> Result<Self> {
        let list = |column| {
            let names = serde_json::from_str(row.text(first + column)?);
            names.map_err(|e| Error::internal(e.to_string()))
        };
        Ok(Self {
            id: row.text(first)?.to_owned(),
            email: row.text(first + 1)?.to_owned(),
            display_name: row.text(first + 2)?.to_owned(),
            roles: list(3)?,
            entitlements: list(4)?,
            derived: list(9)?.into(),
            void_until: row.int(first + 5)?.unsigned_abs(),
            version: row.int(first + 6)?,
            email_verified: row.bool(first + 7)?,
            suspended: row.bool(first + 8)?,
        })
    }

    /// Refuses an account that can log in no more.
    ///
    /// # Errors
    /// 403 `AUTH_ACCOUNT_SUSPENDED`.
    pub(crate) fn require_active(&self) -> Result<(), ApiError> {
        if self.suspended {
            return Err(ApiError::new(403, "AUTH_ACCOUNT_SUSPENDED", "this account is suspended"));
        }
        Ok(())
    }

    /// All that the account may read beyond what every member may: what its tokens say.
    pub(crate) fn all_entitlements(&self) -> Vec<String> {
        let derived = self.derived.iter().filter(|name| !self.entitlements.contains(name));
        self.entitlements.iter().chain(derived).cloned().collect()
    }
}

/// There is no such account.
pub(crate) fn not_found() -> ApiError {
    ApiError::new(404, "USER_NOT_FOUND", "there is no such account")
}

/// Whoever asks was somebody once.
pub(crate) fn gone() -> ApiError {
    ApiError::unauthorized("AUTH_ACCOUNT_GONE", "this account is there no more")
}

/// The account with this id.
///
/// # Errors
/// 401 `AUTH_ACCOUNT_GONE`: whoever asks with this id was somebody once.
pub(crate) async fn read<S: Sql>(sql: &S, id: &str) -> Result<Account, ApiError> {
    find(sql, id, "").await
}

/// As [`read`], locked until the transaction ends.
///
/// # Errors
/// As [`read`].
pub(crate) async fn lock<S: Sql>(sql: &S, id: &str) -> Result<Account, ApiError> {
    find(sql, id, "FOR UPDATE").await
}

async fn find<S: Sql>(sql: &S, id: &str, lock: &str) -> Result<Account, ApiError> {
    let find = format!("SELECT {COLUMNS} FROM users u WHERE u.id = $1::text::uuid AND u.deleted_at IS NULL {lock}");
    Ok(Account::from_row(&sql.query_opt(&find, &[id.into()]).await?.ok_or_else(gone)?, 0)?)
}
