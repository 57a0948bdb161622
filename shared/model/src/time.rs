//! Days.

/// The day of a time in milliseconds since 1970, in UTC: `2026-12-24` (proleptic Gregorian, after Howard Hinnant's
/// `civil_from_days`).
///
/// ```
/// assert_eq!(aw_model::time::date(0), "1970-01-01");
/// assert_eq!(aw_model::time::date(1_767_225_599_999), "2025-12-31");
/// ```
pub fn date(ms: u64) -> String {
    let z = ms / 86_400_000 + 719_468;
    let (era, day) = (z / 146_097, z % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + u64::from(month <= 2))
}
