//! A tenant as the edge knows it.

use serde::{Deserialize, Serialize};

/// The record under [`key::host`](crate::key::host): what an edge needs to serve a tenant's host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The tenant's id: its slug, which also names its database.
    pub id: String,
    /// The name shown to readers.
    pub name: String,
    /// The host's own base URL, such as `https://press.example`.
    pub base_url: String,
    /// Keys that verify this tenant's tokens: the newest first, older ones until their tokens have expired.
    pub keys: Vec<TokenKey>,
    /// Sessions ended before their tokens expired. Entries older than a token's life are dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<Revocation>,
    /// Where else its readers may log in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<LoginProvider>,
    /// A suspended tenant is answered 403.
    #[serde(default)]
    pub suspended: bool,
}

/// An identity provider, as the login page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginProvider {
    /// Its name in addresses.
    pub name: String,
    /// Its name for people.
    pub label: String,
}

/// A token key on its way to an edge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenKey {
    /// The `kid` of the tokens it verifies.
    pub kid: String,
    /// The key, sealed with the edge key; the tenant's id and `kid` are authenticated with it.
    pub sealed: String,
}

/// A session that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revocation {
    /// The session's id (`sid` of its tokens), or `user:ID` for all of a user's.
    pub id: String,
    /// Tokens issued up to this second since 1970 are void.
    pub at: u64,
}
