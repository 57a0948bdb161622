//! The readers of a test's site, and their tokens.

use std::time::{SystemTime, UNIX_EPOCH};

use aw_trust::{
    Key,
    token::{self, Claims, LIFE},
};

use super::{HOST, TENANT};

/// Somebody with a token, good or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Has an account.
    Member,
    /// Has paid for the tier `gold`.
    Gold,
    /// Has bought the book.
    Buyer,
    /// Works here.
    Editor,
    /// Had an account: the token's time is over.
    Expired,
    /// Has logged out: the session is revoked.
    Revoked,
    /// Another tenant's member.
    Foreign,
}

impl Reader {
    /// All of them, with the names they have in a corpus.
    pub(crate) const ALL: [(&'static str, Self); 7] = [
        ("member", Self::Member),
        ("gold", Self::Gold),
        ("buyer", Self::Buyer),
        ("editor", Self::Editor),
        ("expired", Self::Expired),
        ("revoked", Self::Revoked),
        ("foreign", Self::Foreign),
    ];

    /// The session's id.
    pub(crate) fn session(self) -> String {
        format!("01900000-0000-7000-8000-00000000005{}", self as u8)
    }

    pub(super) fn token(self, key: &Key, kid: &str, book: &str) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let base = format!("http://{HOST}");
        let strings = |list: &[&str]| list.iter().map(|&s| s.to_owned()).collect::<Vec<_>>();
        let issued = if self == Self::Expired { now - 2 * LIFE } else { now };
        let claims = Claims {
            iss: base.clone(),
            aud: base,
            sub: format!("01900000-0000-7000-8000-00000000006{}", self as u8),
            tenant: if self == Self::Foreign { "other".to_owned() } else { TENANT.to_owned() },
            sid: self.session(),
            roles: strings(if self == Self::Editor { &["reader", "editor"] } else { &["reader"] }),
            ent: match self {
                Self::Gold => strings(&["tier:gold"]),
                Self::Buyer => vec![format!("book:{book}")],
                _ => Vec::new(),
            },
            email_verified: true,
            iat: issued,
            exp: issued + LIFE,
            jti: format!("01900000-0000-7000-8000-00000000007{}", self as u8),
        };
        token::mint(key, kid, &claims)
    }
}
