//! Names in URLs.

/// Whether `s` is a slug: 1 to 80 of `a-z 0-9 -`, neither beginning nor ending with a hyphen.
pub fn is_slug(s: &str) -> bool {
    (1..=80).contains(&s.len())
        && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !s.starts_with('-')
        && !s.ends_with('-')
}

/// A slug made of a title: letters and digits of ASCII kept, everything else a hyphen; `untitled` where nothing is left.
///
/// ```
/// assert_eq!(aw_model::slug::slugify("Moby-Dick; or, The Whale"), "moby-dick-or-the-whale");
/// assert_eq!(aw_model::slug::slugify("«»"), "untitled");
/// ```
pub fn slugify(title: &str) -> String {
    let mut out = String::new();
    for c in title.chars() {
        if out.len() >= 72 {
            break;
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !matches!(c, '\'' | '’') && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() { "untitled".into() } else { out.into() }
}
