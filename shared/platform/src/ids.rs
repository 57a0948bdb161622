//! Request ids, UUIDv7 and times, from the platform's clock and randomness.

use http::{HeaderName, HeaderValue};
use uuid::Uuid;

use crate::Platform;

/// A new UUIDv7 (RFC 9562, section 5.7).
pub fn uuid_v7<P: Platform>(platform: &P) -> Uuid {
    let mut random = [0; 10];
    platform.random(&mut random);
    uuid::Builder::from_unix_timestamp_millis(platform.now(), &random).into_uuid()
}

/// The field that names a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The [`REQUEST_ID`] that was sent where that is 1 to 64 of `A-Z a-z 0-9 . _ -`, else a new UUIDv7.
pub fn request_id<P: Platform>(platform: &P, sent: Option<&HeaderValue>) -> String {
    let ok =
        |s: &&str| (1..=64).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    match sent.and_then(|v| v.to_str().ok()).filter(ok) {
        Some(id) => id.to_owned(),
        None => uuid_v7(platform).to_string(),
    }
}

/// `2026-11-24T16:20:00.123Z`: RFC 3339 in UTC with milliseconds, from milliseconds since 1970.
/// The calendar arithmetic is Howard Hinnant's `civil_from_days`.
///
/// ```
/// assert_eq!(aw_platform::rfc3339(1_709_210_096_007), "2024-02-29T12:34:56.007Z");
/// ```
pub fn rfc3339(unix_ms: u64) -> String {
    let (secs, ms) = (unix_ms / 1000, unix_ms % 1000);
    let (days, day_secs) = ((secs / 86_400) as i64, secs % 86_400);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let (h, m, s) = (day_secs / 3600, day_secs / 60 % 60, day_secs % 60);
    format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}Z")
}
