//! What a profile may say.

use aw_model::slug;
use aw_platform::ApiError;

use super::{ProfileChange, ProfileLink};

/// Handles that would speak for the press.
const RESERVED: [&str; 12] = [
    "admin",
    "administrator",
    "authorworks",
    "editor",
    "help",
    "me",
    "moderator",
    "operator",
    "owner",
    "root",
    "staff",
    "support",
];

/// The change, where what it says may be said.
///
/// # Errors
/// 422 with a code for each field.
pub(super) fn checked(mut change: ProfileChange) -> Result<ProfileChange, ApiError> {
    if let Some(Some(handle)) = &change.handle {
        check_handle(handle)?;
    }
    if let Some(bio) = &mut change.bio {
        *bio = bio.replace("\r\n", "\n").trim().to_owned();
        if bio.chars().count() > 2000 || bio.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            let why = "a bio is plain text of at most 2000 characters";
            return Err(ApiError::new(422, "USER_BIO_INVALID", why));
        }
    }
    if let Some(links) = &change.links
        && (links.len() > 10 || !links.iter().all(is_link))
    {
        let why = "a profile has at most 10 links, each with a label of 1 to 60 characters and an address that begins \
            with https:// or http://";
        return Err(ApiError::new(422, "USER_LINKS_INVALID", why));
    }
    if let Some(Some(avatar)) = &change.avatar {
        let plain = avatar.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        if !plain || !(1..=100).contains(&avatar.len()) {
            return Err(ApiError::new(422, "USER_AVATAR_INVALID", "an avatar is a file's id"));
        }
    }
    Ok(change)
}

fn check_handle(handle: &str) -> Result<(), ApiError> {
    if !slug::is_slug(handle) || !(2..=40).contains(&handle.len()) {
        let why = "a handle has 2 to 40 lower-case letters, digits and hyphens, and no hyphen at its ends";
        return Err(ApiError::new(422, "USER_HANDLE_INVALID", why));
    }
    if RESERVED.contains(&handle) {
        return Err(ApiError::new(422, "USER_HANDLE_RESERVED", "this handle is nobody's"));
    }
    Ok(())
}

/// A link that may stand in a page: `javascript:` and its like are none.
fn is_link(link: &ProfileLink) -> bool {
    let ProfileLink { label, url } = link;
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    (1..=60).contains(&label.trim().chars().count())
        && !label.chars().any(char::is_control)
        && url.len() <= 500
        && !host.is_empty()
        && !host.contains('@')
        && url.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_web_and_handles_are_slugs() {
        let link = |url: &str| is_link(&ProfileLink { label: "Site".into(), url: url.into() });
        for good in ["https://ada.example", "http://ada.example/a?b=c#d"] {
            assert!(link(good), "{good}");
        }
        for bad in
            ["javascript:alert(1)", "https://", "https://a b", "ada.example", "https://u@h.example", "https://\"x"]
        {
            assert!(!link(bad), "{bad}");
        }
        assert!(!is_link(&ProfileLink { label: " ".into(), url: "https://x.example".into() }));
        assert!(check_handle("ada-l").is_ok());
        for bad in ["a", "Ada", "-ada", "ada_l", "admin", &"a".repeat(41)] {
            assert_eq!(check_handle(bad).unwrap_err().status(), 422, "{bad}");
        }
    }
}
