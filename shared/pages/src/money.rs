//! Money for people.

/// Currencies whose minor unit is the unit itself (ISO 4217, exponent 0).
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Currencies with a thousand minor units.
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// `amount` minor units: `5.00 EUR`.
///
/// ```
/// use aw_pages::money;
/// assert_eq!((money(500, "EUR"), money(5, "EUR"), money(500, "JPY"), money(1500, "KWD")), ("5.00 EUR".into(), "0.05 EUR".into(), "500 JPY".into(), "1.500 KWD".into()));
/// ```
pub fn money(amount: i64, currency: &str) -> String {
    let has = |list: &str| list.split(' ').any(|code| code == currency);
    let digits = if has(WHOLE) {
        0
    } else if has(THOUSANDTHS) {
        3
    } else {
        2
    };
    let unit = 10_u64.pow(digits);
    let (sign, size) = (if amount < 0 { "-" } else { "" }, amount.unsigned_abs());
    match digits {
        0 => format!("{sign}{size} {currency}"),
        digits => format!("{sign}{}.{:0width$} {currency}", size / unit, size % unit, width = digits as usize),
    }
}
