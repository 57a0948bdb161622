//! What the parts of a request must look like.

use aw_model::Access;
use aw_platform::{ApiError, Error, FromSegment};
use uuid::Uuid;

use crate::currency::is_currency;

/// The most that a price can be, in minor units: what the provider takes.
pub(crate) const MOST: i64 = 99_999_999;

/// 422 with this code and reason.
pub(crate) fn invalid(code: &'static str, why: impl Into<std::borrow::Cow<'static, str>>) -> ApiError {
    ApiError::new(422, code, why)
}

/// A text of that many characters without control characters (line feeds may be in one of more than 100), trimmed.
pub(crate) fn text(
    code: &'static str,
    what: &str,
    text: &str,
    range: std::ops::RangeInclusive<usize>,
) -> Result<String, ApiError> {
    let text = text.trim();
    let long = *range.end() > 100;
    let stray = |c: char| c.is_control() && !(long && c == '\n');
    if range.contains(&text.chars().count()) && !text.chars().any(stray) {
        return Ok(text.to_owned());
    }
    Err(invalid(code, format!("{what} must be {} to {} characters", range.start(), range.end())))
}

/// An entitlement: `tier:SLUG`, or `book:ID` in lower case.
pub(crate) fn grants(code: &'static str, grants: &str) -> Result<String, ApiError> {
    let ok = match grants.split_once(':') {
        Some(("tier", _)) => matches!(grants.parse(), Ok(Access::Tier(_))),
        Some(("book", id)) => id.parse::<Uuid>().is_ok_and(|parsed| parsed.to_string() == id),
        _ => false,
    };
    if ok { Ok(grants.to_owned()) } else { Err(invalid(code, "grants must be tier:SLUG or book:ID")) }
}

/// An amount of money.
pub(crate) fn money(code: &'static str, amount: i64, currency: &str) -> Result<(), ApiError> {
    if !(1..=MOST).contains(&amount) {
        return Err(invalid(code, format!("amount must be 1 to {MOST} minor units")));
    }
    if is_currency(currency) {
        return Ok(());
    }
    Err(invalid(code, "currency must be a code of ISO 4217 in upper case, such as EUR"))
}

/// A whole number in a range.
pub(crate) fn within(
    code: &'static str,
    what: &str,
    n: i64,
    range: std::ops::RangeInclusive<i64>,
) -> Result<i64, ApiError> {
    if range.contains(&n) {
        return Ok(n);
    }
    Err(invalid(code, format!("{what} must be {} to {}", range.start(), range.end())))
}

/// A time as RFC 3339 writes it in UTC: `2026-11-26T15:00:00Z`, with or without milliseconds. That such a day exists is
/// checked by the database: see [`day`].
pub(crate) fn time(code: &'static str, what: &str, time: &str) -> Result<String, ApiError> {
    let shape = |pattern: &str| {
        pattern.len() == time.len()
            && pattern.bytes().zip(time.bytes()).all(|(p, b)| if p == b'0' { b.is_ascii_digit() } else { p == b })
    };
    // Years that every client's calendar and PostgreSQL's agree on.
    let year = time.get(..4).and_then(|y| y.parse::<u32>().ok()).is_some_and(|y| (1970..=9998).contains(&y));
    if year && (shape("0000-00-00T00:00:00Z") || shape("0000-00-00T00:00:00.000Z")) {
        return Ok(time.to_owned());
    }
    Err(invalid(code, format!("{what} must be a time such as 2026-11-26T15:00:00Z")))
}

/// A database's failure, where it is that a [`time`] names a day that is none (SQLSTATE class 22).
pub(crate) fn day(code: &'static str) -> impl FnOnce(Error) -> ApiError {
    move |error| match error {
        Error::Sql { code: state, .. } if state.starts_with("22") => invalid(code, "there is no such day or hour"),
        other => other.into(),
    }
}

/// A user's or another row's id.
pub(crate) fn id(code: &'static str, what: &str, id: &str) -> Result<String, ApiError> {
    Uuid::from_segment(id).map(|id| id.to_string()).ok_or_else(|| invalid(code, format!("{what} must be a UUID")))
}

/// Whether a segment of a path can be a row's id; PostgreSQL refuses to compare with any other.
pub(crate) fn is_id(id: &str) -> bool {
    Uuid::from_segment(id).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sold_is_a_tier_or_a_book() {
        let book = "book:01890000-0000-7000-8000-000000000000";
        assert_eq!(grants("X_Y_Z", book).unwrap(), book);
        assert_eq!(grants("X_Y_Z", "tier:gold").unwrap(), "tier:gold");
        for bad in ["gold", "tier:", "tier:Gold", "book:1", "free", "book:01890000-0000-7000-8000-00000000000A"] {
            assert_eq!(grants("X_Y_Z", bad).unwrap_err().status(), 422, "{bad}");
        }
    }

    #[test]
    fn money_has_a_currency_that_exists() {
        assert!(money("X_Y_Z", 1, "EUR").is_ok() && money("X_Y_Z", MOST, "JPY").is_ok());
        for (amount, currency) in [(0, "EUR"), (-1, "EUR"), (MOST + 1, "EUR"), (1, "eur"), (1, "XXX"), (1, "EURO")] {
            assert!(money("X_Y_Z", amount, currency).is_err(), "{amount} {currency}");
        }
    }

    #[test]
    fn times_are_in_utc() {
        assert!(time("X_Y_Z", "t", "2026-11-26T15:00:00Z").is_ok());
        assert!(time("X_Y_Z", "t", "2026-11-26T15:00:00.123Z").is_ok());
        for bad in ["2026-11-26", "2026-11-26T15:00:00+01:00", "2026-11-26 15:00:00Z", "0000-00-00T00:00:00Z", "é"] {
            assert!(time("X_Y_Z", "t", bad).is_err(), "{bad}");
        }
    }
}
