//! Who may do what with whose files.

use aw_ingress::Caller;
use aw_model::access::STAFF;
use aw_platform::ApiError;

use crate::file::{File, not_found};

/// Roles that do everything with everybody's files.
pub(crate) const KEEPERS: [&str; 3] = ["owner", "admin", "editor"];

/// Roles that have files of their own only.
pub(crate) const AUTHORS: [&str; 1] = ["author"];

/// The caller, who may have files.
///
/// # Errors
/// 401, 403.
pub(crate) fn staff(caller: &Caller) -> Result<&str, ApiError> {
    caller.require_role(&STAFF)
}

/// Whose files the caller sees: `None` is everybody's.
pub(crate) fn sees(caller: &Caller) -> Option<&str> {
    if caller.has_role(&KEEPERS) { None } else { Some(caller.user.as_deref().unwrap_or_default()) }
}

/// Whether `file` is the caller's to see and to change.
///
/// # Errors
/// 404: that there is somebody else's is nobody's business.
pub(crate) fn check(caller: &Caller, file: &File) -> Result<(), ApiError> {
    match sees(caller) {
        Some(user) if user != file.owner => Err(not_found()),
        _ => Ok(()),
    }
}
