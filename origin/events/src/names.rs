//! Which events an endpoint asks for.

use aw_platform::ApiError;

/// The most entries of a list.
pub(crate) const MOST: usize = 50;

/// Refuses a list that has an entry that no event can have, or too many.
///
/// # Errors
/// 422 `WEBHOOK_EVENTS_INVALID`.
pub(crate) fn check(names: &[String]) -> Result<(), ApiError> {
    let wrong = |why: String| Err(ApiError::new(422, "WEBHOOK_EVENTS_INVALID", why));
    if names.is_empty() || names.len() > MOST {
        return wrong(format!("events has 1 to {MOST} names"));
    }
    match names.iter().find(|name| !is_name(name)) {
        Some(bad) => wrong(format!("{bad:?} is no event's name such as content.book.published, content.book.* or *")),
        None => Ok(()),
    }
}

fn is_name(name: &str) -> bool {
    if name == "*" {
        return true;
    }
    let part = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let parts: Vec<&str> = name.split('.').collect();
    name.len() <= 120
        && match parts.as_slice() {
            [service, "*"] => part(service),
            [service, resource, "*"] => part(service) && part(resource),
            [service, resource, action] => [service, resource, action].into_iter().all(part),
            _ => false,
        }
}

/// Whether a list asks for the event of that name.
pub(crate) fn ask_for(names: &[String], event: &str) -> bool {
    names.iter().any(|name| match name.strip_suffix('*') {
        Some(beginning) => event.starts_with(beginning),
        None => name == event,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_and_beginnings_of_names() {
        assert!(check(&list(&["*", "content.*", "content.book.*", "content.book.state-changed"])).is_ok());
        for bad in ["", "content", "content.", "*.book", "content.*.published", "Content.*", "a.b.c.d", "a..c", "**"] {
            assert_eq!(check(&list(&[bad])).unwrap_err().status(), 422, "{bad}");
        }
        assert!(check(&[]).is_err() && check(&vec!["*".to_owned(); MOST + 1]).is_err());
    }

    #[test]
    fn what_is_asked_for() {
        let event = "content.book.published";
        for names in [&["*"][..], &["content.*"], &["user.*", "content.book.*"], &[event]] {
            assert!(ask_for(&list(names), event), "{names:?}");
        }
        for names in [&["user.*"][..], &["content.books.*"], &["content.book.publish"]] {
            assert!(!ask_for(&list(names), event), "{names:?}");
        }
    }
}
