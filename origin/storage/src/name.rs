//! Names of files.

use aw_platform::ApiError;

/// The longest name, in bytes: what file systems take.
pub(crate) const LENGTH: usize = 255;

/// A name as it is kept: blanks around it are taken off.
///
/// # Errors
/// 422 `STORAGE_NAME_INVALID` for what is no name of a file everywhere.
pub(crate) fn checked(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    // Characters that turn the direction of writing make one name look like another.
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let bad = |c: char| c.is_control() || turns(c) || matches!(c, '/' | '\\');
    if (1..=LENGTH).contains(&name.len()) && !name.contains(bad) && !matches!(name, "." | "..") {
        return Ok(name.to_owned());
    }
    let why = "a name is 1 to 255 bytes without slashes, control characters and marks of direction, not . or ..";
    Err(ApiError::new(422, "STORAGE_NAME_INVALID", why))
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn names_are_names_everywhere() {
        assert_eq!(checked(" Übersicht 1.pdf ").unwrap(), "Übersicht 1.pdf");
        for bad in ["", " ", ".", "..", "a/b", "a\\b", "a\nb", "gpj\u{202e}.exe", &"x".repeat(256)] {
            assert_eq!(checked(bad).unwrap_err().status(), 422, "{bad:?}");
        }
    }
}
