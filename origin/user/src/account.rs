//! An account as the API shows it.

use aw_platform::{Error, Result, Row};
use serde::Serialize;

/// What the API shows of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) roles: Vec<String>,
    pub(crate) entitlements: Vec<String>,
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
    array_to_json(u.entitlements)::text, u.tokens_void_until, u.version, \
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
            derived: list(7)?.into(),
            void_until: row.int(first + 5)?.unsigned_abs(),
            version: row.int(first + 6)?,
        })
    }

    /// All that the account may read beyond what every member may: what its tokens say.
    pub(crate) fn all_entitlements(&self) -> Vec<String> {
        let derived = self.derived.iter().filter(|name| !self.entitlements.contains(name));
        self.entitlements.iter().chain(derived).cloned().collect()
    }
}
