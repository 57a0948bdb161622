//! Language tags (BCP 47), as EPUB wants them: well-formed.

/// The tag, where it is well-formed: language, script, region and variants of RFC 5646, section 2.1.
pub(crate) fn well_formed(tag: &str) -> Option<&str> {
    let mut parts = tag.split('-').peekable();
    let alpha = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let alnum = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric());
    let language = parts.next()?;
    if !(matches!(language.len(), 2 | 3) && alpha(language)) {
        return None;
    }
    parts.next_if(|part| part.len() == 4 && alpha(part));
    parts.next_if(|part| part.len() == 2 && alpha(part) || part.len() == 3 && digits(part));
    let variant = |part: &str| {
        alnum(part)
            && (matches!(part.len(), 5..=8) || part.len() == 4 && part.starts_with(|c: char| c.is_ascii_digit()))
    };
    parts.all(variant).then_some(tag)
}

/// Whether the language is written from right to left.
pub(crate) fn is_rtl(tag: &str) -> bool {
    const RTL: [&str; 12] = ["ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"];
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    match parts.next() {
        Some(script) if script.len() == 4 => {
            ["arab", "hebr", "syrc", "thaa", "nkoo", "adlm"].contains(&script.to_ascii_lowercase().as_str())
        }
        _ => RTL.contains(&language.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for good in ["en", "de-CH", "zh-Hant-TW", "sl-nedis", "de-1996", "es-419", "en-GB-oxendict"] {
            assert_eq!(well_formed(good), Some(good));
        }
        for bad in ["", "e", "english", "en_GB", "en-", "en-G", "en GB", "x", "en-GB-ab"] {
            assert_eq!(well_formed(bad), None, "{bad}");
        }
        assert!(is_rtl("ar") && is_rtl("he-IL") && is_rtl("az-Arab") && !is_rtl("az") && !is_rtl("ar-Latn"));
    }
}
