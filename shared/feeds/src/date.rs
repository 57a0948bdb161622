//! Dates of RSS.

/// An RFC 3339 time in UTC as RFC 822 has it: `Thu, 26 Nov 2026 15:04:05 GMT`; `None` for what is none.
///
/// ```
/// assert_eq!(aw_feeds::rfc822("2026-11-26T15:04:05.678Z").unwrap(), "Thu, 26 Nov 2026 15:04:05 GMT");
/// assert_eq!(aw_feeds::rfc822("2000-02-29T00:00:00Z").unwrap(), "Tue, 29 Feb 2000 00:00:00 GMT");
/// assert_eq!(aw_feeds::rfc822("soon"), None);
/// ```
pub fn rfc822(time: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    // Sakamoto's method: the weekday on which a month's day falls, in a year that ends with February.
    const SHIFT: [usize; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let (year, month) = (time.get(..4)?, time.get(5..7)?);
    let (day, clock) = (time.get(8..10)?, time.get(11..19)?);
    let (y, m, d): (usize, usize, usize) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let name = MONTHS.get(m.checked_sub(1)?)?;
    let y = if m < 3 { y.checked_sub(1)? } else { y };
    let weekday = DAYS[(y + y / 4 - y / 100 + y / 400 + SHIFT[m - 1] + d) % 7];
    Some([weekday, ", ", day, " ", name, " ", year, " ", clock, " GMT"].concat())
}
