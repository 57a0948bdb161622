//! Who may give and take which roles.

use aw_ingress::Caller;
use aw_platform::ApiError;

/// All roles, the highest first.
pub(super) const ROLES: [&str; 5] = ["owner", "admin", "editor", "author", "reader"];

/// How high the highest of some roles is: 5 for an owner, 1 for a reader, 0 without any.
fn rank(roles: &[String]) -> usize {
    let place = |role: &String| ROLES.iter().position(|r| r == role);
    roles.iter().filter_map(place).min().map_or(0, |place| ROLES.len() - place)
}

/// Nobody changes the account of somebody above them, or puts anybody above them.
///
/// # Errors
/// 403 `AUTH_ROLE_REQUIRED`.
pub(super) fn check(caller: &Caller, was: &[String], is: &[String]) -> Result<(), ApiError> {
    let own = rank(&caller.roles);
    if rank(was) <= own && rank(is) <= own {
        return Ok(());
    }
    let why = "nobody changes the account of somebody above them, or puts anybody above them";
    Err(ApiError::new(403, "AUTH_ROLE_REQUIRED", why))
}

/// Whether one of the roles is that of an owner.
pub(super) fn is_owner(roles: &[String]) -> bool {
    roles.iter().any(|role| role == "owner")
}

/// Known roles, the highest first, each once.
///
/// # Errors
/// 422 `USER_ROLE_INVALID`.
pub(super) fn checked(mut roles: Vec<String>) -> Result<Vec<String>, ApiError> {
    if let Some(bad) = roles.iter().find(|role| !ROLES.contains(&role.as_str())) {
        let why = format!("{bad:?} is no role; roles are {}", ROLES.join(", "));
        return Err(ApiError::new(422, "USER_ROLE_INVALID", why));
    }
    roles.sort_unstable_by_key(|role| ROLES.iter().position(|r| r == role));
    roles.dedup();
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(all: &[&str]) -> Vec<String> {
        all.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn the_highest_role_counts() {
        let ranks = [&["owner"][..], &["reader", "admin"], &["editor"], &["author"], &["reader"], &[]];
        assert_eq!(ranks.map(|roles| rank(&own(roles))), [5, 4, 3, 2, 1, 0]);
    }

    #[test]
    fn roles_are_known_ones_each_once() {
        assert_eq!(checked(own(&["reader", "owner", "reader"])).unwrap(), ["owner", "reader"]);
        assert_eq!(checked(own(&["root"])).unwrap_err().status(), 422);
    }
}
