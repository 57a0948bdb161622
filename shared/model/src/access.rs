//! Who may read a chapter.

use serde::{Deserialize, Serialize};

/// Who may read. In JSON a string: `free`, `members` or `tier:NAME`.
///
/// ```
/// use aw_model::Access;
/// let gold: Access = "tier:gold".parse().unwrap();
/// assert!(!gold.allows(None, "b1"));
/// assert!(gold.allows(Some((&["tier:gold".into()], &[])), "b1"));
/// assert!(gold.allows(Some((&["book:b1".into()], &[])), "b1"), "who bought the book reads it");
/// assert!("tier:".parse::<Access>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Access {
    /// Everybody.
    Free,
    /// Everybody who has logged in.
    Members,
    /// Who has paid for this tier, or for the book.
    Tier(String),
}

/// Roles that read everything of their tenant.
pub const STAFF: [&str; 4] = ["owner", "admin", "editor", "author"];

impl Access {
    /// Whether a reader may read a chapter of book `book`. `reader` is the entitlements (`tier:NAME`, `book:ID`) and
    /// the roles of a verified token, or `None` for a stranger.
    pub fn allows(&self, reader: Option<(&[String], &[String])>, book: &str) -> bool {
        let Some((entitlements, roles)) = reader else { return *self == Self::Free };
        let has =
            |kind: &str, name: &str| entitlements.iter().any(|e| e.strip_prefix(kind).is_some_and(|rest| rest == name));
        match self {
            Self::Free | Self::Members => true,
            Self::Tier(tier) => {
                has("tier:", tier) || has("book:", book) || roles.iter().any(|r| STAFF.contains(&r.as_str()))
            }
        }
    }
}

/// From when on who may read. A chapter with openings is closed before the first of them, and whom one lets in reads
/// on when others are let in too.
///
/// ```
/// use aw_model::{Access, Opening, access::opened};
/// let ahead = [
///     Opening { from: 1_000, access: "tier:gold".parse().unwrap() },
///     Opening { from: 2_000, access: Access::Free },
/// ];
/// let gold = ["tier:gold".to_owned()];
/// let reads = |now, reader| aw_model::access::allows_at(&Access::Free, &ahead, now, reader, "b1");
/// assert!(!reads(999, Some((&gold[..], &[][..]))), "closed to all readers");
/// assert!(reads(1_000, Some((&gold, &[]))) && !reads(1_000, None));
/// assert!(reads(2_000, None));
/// assert_eq!(opened(&ahead, 1_500).map(|o| o.from), Some(1_000));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Milliseconds since 1970.
    pub from: u64,
    /// Whom it lets in.
    pub access: Access,
}

/// The last of `openings`, which are in the order of their times, whose time has come.
pub fn opened(openings: &[Opening], now: u64) -> Option<&Opening> {
    openings.iter().rev().find(|opening| opening.from <= now)
}

/// The first of `openings` whose time has yet to come.
pub fn opening(openings: &[Opening], now: u64) -> Option<&Opening> {
    openings.iter().find(|opening| opening.from > now)
}

/// Whether a reader may read at `now` (milliseconds since 1970) what has these `openings`, or `access` where there are
/// none. Staff reads what is closed. `reader` and `book` as in [`Access::allows`].
pub fn allows_at(
    access: &Access,
    openings: &[Opening],
    now: u64,
    reader: Option<(&[String], &[String])>,
    book: &str,
) -> bool {
    if openings.is_empty() {
        return access.allows(reader, book);
    }
    let staff = reader.is_some_and(|(_, roles)| roles.iter().any(|r| STAFF.contains(&r.as_str())));
    staff || openings.iter().any(|opening| opening.from <= now && opening.access.allows(reader, book))
}

/// Not an access rule.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAccess;

impl std::fmt::Display for NotAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("access must be free, members or tier:NAME (NAME: 1 to 40 of a-z 0-9 -)")
    }
}

impl std::error::Error for NotAccess {}

impl std::str::FromStr for Access {
    type Err = NotAccess;
    fn from_str(s: &str) -> Result<Self, NotAccess> {
        match s {
            "free" => Ok(Self::Free),
            "members" => Ok(Self::Members),
            _ => match s.strip_prefix("tier:") {
                Some(name) if crate::slug::is_slug(name) && name.len() <= 40 => Ok(Self::Tier(name.to_owned())),
                _ => Err(NotAccess),
            },
        }
    }
}

impl TryFrom<String> for Access {
    type Error = NotAccess;
    fn try_from(s: String) -> Result<Self, NotAccess> {
        s.parse()
    }
}

impl From<Access> for String {
    fn from(a: Access) -> Self {
        a.to_string()
    }
}

impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Free => f.write_str("free"),
            Self::Members => f.write_str("members"),
            Self::Tier(name) => write!(f, "tier:{name}"),
        }
    }
}
