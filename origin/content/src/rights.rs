//! What somebody may do with a book.

use aw_ingress::Caller;
use aw_platform::{ApiError, Result, Sql, SqlExt};
use uuid::Uuid;

use crate::books::not_found;

/// What may be done, each with all before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Right {
    /// See the draft.
    Read,
    /// Remark on it.
    Comment,
    /// Write texts.
    Write,
    /// Change what it is and how it is put together, and publish it.
    Edit,
    /// Remove it, and say who works on it.
    Own,
}

/// Roles of the tenant whose bearers may do everything with every book.
pub(crate) const ALL: [&str; 3] = ["owner", "admin", "editor"];

/// Roles of a book's collaborators, and what they may do.
pub(crate) const ROLES: [(&str, Right); 5] = [
    ("owner", Right::Own),
    ("editor", Right::Edit),
    ("author", Right::Write),
    ("commenter", Right::Comment),
    ("viewer", Right::Read),
];

/// Whether the caller may do everything with every book.
pub(crate) fn all(caller: &Caller) -> bool {
    caller.is_operator() || caller.has_role(&ALL)
}

/// The user whose books these are: `None` for who sees every book.
pub(crate) fn only(caller: &Caller) -> Option<String> {
    // What is no UUID is no account: it has no book.
    let id = |user: &str| user.parse::<Uuid>().unwrap_or_default().to_string();
    (!all(caller)).then(|| caller.user.as_deref().map_or_else(|| Uuid::nil().to_string(), id))
}

/// Lets pass who may do it with the book of this id.
///
/// # Errors
/// 404 for who may not even see it, 403 `CONTENT_RIGHT_REQUIRED`.
pub(crate) async fn require<S: Sql>(sql: &S, caller: &Caller, book: &str, right: Right) -> Result<(), ApiError> {
    let Some(user) = only(caller) else { return Ok(()) };
    let select = "SELECT role FROM collaborators WHERE book = $1::text::uuid AND user_id = $2::text::uuid";
    let row = sql.query_opt(select, &[book.into(), user.into()]).await?.ok_or_else(not_found)?;
    allows(row.text(0)?, right)
}

/// Lets pass a collaborator of that role.
///
/// # Errors
/// 403 `CONTENT_RIGHT_REQUIRED`.
pub(crate) fn allows(role: &str, right: Right) -> Result<(), ApiError> {
    match ROLES.iter().find(|(name, _)| *name == role) {
        Some((_, has)) if *has >= right => Ok(()),
        _ => Err(ApiError::new(403, "CONTENT_RIGHT_REQUIRED", format!("a {role} of this book may not do that"))),
    }
}
