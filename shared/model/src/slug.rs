//! Names in URLs.

/// Whether `s` is a slug: 1 to 80 of `a-z 0-9 -`, neither beginning nor ending with a hyphen.
pub fn is_slug(s: &str) -> bool {
    (1..=80).contains(&s.len())
        && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !s.starts_with('-')
        && !s.ends_with('-')
}

/// A slug made of a title: letters and digits kept, accents left away, everything else a hyphen. Where letters of
/// another script are lost, a hash of the title stands for them, so that two authors do not become one; `untitled`
/// where there is no letter and no digit.
///
/// ```
/// use aw_model::slug::slugify;
/// assert_eq!(slugify("Moby-Dick; or, The Whale"), "moby-dick-or-the-whale");
/// assert_eq!(slugify("Les Misérables"), "les-miserables");
/// assert_eq!(slugify("«»"), "untitled");
/// assert_ne!(slugify("Толстой"), slugify("Чехов"));
/// ```
pub fn slugify(title: &str) -> String {
    let (mut out, mut lost) = (String::new(), false);
    for c in title.chars().take(300) {
        if let Some(folded) = fold(c) {
            out.push_str(folded);
        } else if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}') {
            lost |= c.is_alphanumeric();
            if !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
        }
    }
    out.truncate(if lost { 60 } else { 72 });
    let kept = out.trim_end_matches('-');
    match (kept, lost) {
        ("", false) => "untitled".into(),
        (_, false) => kept.into(),
        ("", true) => format!("x{:08x}", hash(title)),
        (_, true) => format!("{kept}-{:08x}", hash(title)),
    }
}

/// FNV-1a of 32 bits, of the title without regard to case.
fn hash(title: &str) -> u32 {
    let mut bytes = [0; 4];
    title.trim().chars().map(lower).fold(0x811c_9dc5, |hash, c| {
        let bytes = c.encode_utf8(&mut bytes).bytes();
        bytes.fold(hash, |hash, b| (hash ^ u32::from(b)).wrapping_mul(0x0100_0193))
    })
}

/// The small letter, in the scripts that have two of each and are neither rare nor folded by [`fold`]: the standard
/// library's tables for all of Unicode would be a fiftieth of an edge's size.
fn lower(c: char) -> char {
    let small = match c {
        'Α'..='Ϋ' | 'А'..='Я' => 32,
        'Ѐ'..='Џ' => 80,
        'Ա'..='Ֆ' => 48,
        'Ά' => 38,
        'Έ'..='Ί' => 37,
        'Ό' => 64,
        'Ύ' | 'Ώ' => 63,
        'Ѡ'..='ҁ' | 'Ҋ'..='ҿ' | 'Ӑ'..='ԯ' => return char::from_u32(u32::from(c) | 1).unwrap_or(c),
        _ => return c.to_ascii_lowercase(),
    };
    char::from_u32(u32::from(c) + small).unwrap_or(c)
}

/// What is left of a Latin letter without its accent (Latin-1 and Latin Extended-A, and Romanian's).
fn fold(c: char) -> Option<&'static str> {
    Some(match c {
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' => "a",
        'Æ' | 'æ' => "ae",
        'Ç' | 'ç' | 'Ć'..='č' => "c",
        'Ð' | 'ð' | 'Ď'..='đ' => "d",
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' => "e",
        'Ĝ'..='ģ' => "g",
        'Ĥ'..='ħ' => "h",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' => "i",
        'Ĳ' | 'ĳ' => "ij",
        'Ĵ' | 'ĵ' => "j",
        'Ķ'..='ĸ' => "k",
        'Ĺ'..='ł' => "l",
        'Ñ' | 'ñ' | 'Ń'..='ŋ' => "n",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' => "o",
        'Œ' | 'œ' => "oe",
        'Ŕ'..='ř' => "r",
        'Ś'..='š' | 'Ș' | 'ș' => "s",
        'ß' | 'ẞ' => "ss",
        'Ţ'..='ŧ' | 'Ț' | 'ț' => "t",
        'Þ' | 'þ' => "th",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' => "u",
        'Ŵ' | 'ŵ' => "w",
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' => "y",
        'Ź'..='ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_slugs_whatever_they_are_made_of() {
        for (title, slug) in [
            ("Ærøskøbing & Łódź", "aeroskobing-lodz"),
            ("E\u{301}mile Zola", "emile-zola"),
            ("Don’t", "dont"),
            ("--a--", "a"),
            ("3 × 3 ÷ 9", "3-3-9"),
        ] {
            assert_eq!(slugify(title), slug);
        }
        for title in
            ["Лев Толстой", "罗贯中", "War and мир", "", &"ж".repeat(500), &"long ".repeat(99), &"ß".repeat(99)]
        {
            let slug = slugify(title);
            assert!(is_slug(&slug) && slug.len() <= 72, "{title}: {slug}");
        }
        assert_eq!(slugify("ЧЕХОВ"), slugify(" чехов "));
        assert_ne!(slugify("Война: один"), slugify("Война: два"));
    }

    #[test]
    fn letters_are_as_small_as_the_standard_library_makes_them() {
        for c in ('\u{370}'..='\u{587}').filter(|c| !matches!(c, 'Ͱ'..='Ϳ' | '\u{3a2}' | 'Ϗ'..='Ͽ' | 'Ӏ'..='ӏ')) {
            assert_eq!(lower(c).to_string(), c.to_lowercase().to_string(), "{c}");
        }
    }
}
