//! Times that somebody wrote.

use aw_platform::{ApiError, Error, Sql, SqlExt};

use super::openings::invalid;

/// A time of RFC 3339 in milliseconds since 1970, as PostgreSQL reads it.
///
/// # Errors
/// 422 `CONTENT_SCHEDULE_INVALID`.
pub(super) async fn parse<S: Sql>(sql: &S, text: &str) -> Result<u64, ApiError> {
    let wrong = || invalid("a time is written as 2026-12-24T18:00:00Z, from 1970 to 9999");
    if !is_rfc3339(text) {
        return Err(wrong());
    }
    let read = "SELECT (extract(epoch FROM $1::text::timestamptz) * 1000)::bigint";
    match sql.query_opt(read, &[text.into()]).await {
        Ok(Some(row)) => u64::try_from(row.int(0)?).map_err(|_| wrong()),
        Ok(None) => Err(wrong()),
        // Class 22: a day that no month has.
        Err(Error::Sql { code, .. }) if code.starts_with("22") => Err(wrong()),
        Err(error) => Err(error.into()),
    }
}

/// Whether it has the shape of `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, or `±HH:MM` in place of `Z` (RFC 3339, section 5.6).
fn is_rfc3339(text: &str) -> bool {
    let shaped = |text: &[u8], shape: &[u8]| {
        text.len() == shape.len()
            && text.iter().zip(shape).all(|(b, s)| if *s == b'0' { b.is_ascii_digit() } else { b == s })
    };
    let bytes = text.as_bytes();
    let Some((head, rest)) = bytes.split_at_checked(19) else { return false };
    let digits = match rest {
        [b'.', fraction @ ..] => fraction.iter().take_while(|b| b.is_ascii_digit()).count(),
        _ => 0,
    };
    let zone = match rest {
        [b'.', fraction @ ..] if (1..=9).contains(&digits) => &fraction[digits..],
        [b'.', ..] => return false,
        _ => rest,
    };
    shaped(head, b"0000-00-00T00:00:00") && (zone == b"Z" || shaped(zone, b"+00:00") || shaped(zone, b"-00:00"))
}

#[cfg(test)]
mod tests {
    use super::is_rfc3339;

    #[test]
    fn only_whole_times_are_times() {
        for good in ["2026-12-24T18:00:00Z", "2026-12-24T18:00:00.123Z", "2026-12-24T18:00:00+01:00"] {
            assert!(is_rfc3339(good), "{good}");
        }
        for bad in [
            "",
            "now",
            "2026-12-24",
            "2026-12-24T18:00:00",
            "2026-12-24T18:00:00.Z",
            "2026-12-24 18:00:00Z",
            "2026-12-24T18:00:00Zé",
            "é026-12-24T18:00:00Z",
            "infinity",
        ] {
            assert!(!is_rfc3339(bad), "{bad}");
        }
    }
}
