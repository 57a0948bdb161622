//! How long to wait after a failure to reach what others run: a mail API, a webhook's endpoint.

use aw_platform::Platform;

/// Milliseconds to wait after that many failures in a row: 5, 15, 45 s … an hour, give or take a fifth.
pub fn wait<P: Platform>(p: &P, failures: i64) -> i64 {
    let mut random = [0; 2];
    p.random(&mut random);
    jittered(failures, u16::from_be_bytes(random))
}

fn jittered(failures: i64, random: u16) -> i64 {
    let exponent = u32::try_from(failures.clamp(1, 8) - 1).unwrap_or(0);
    let ms = (5 * 3_i64.pow(exponent)).min(3600) * 1000;
    ms * 4 / 5 + ms * 2 / 5 * i64::from(random) / 65_535
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triples_to_an_hour_and_stays_there() {
        let middle: Vec<i64> = (1..10).map(|n| (jittered(n, 32_768) + 500) / 1000).collect();
        assert_eq!(middle, [5, 15, 45, 135, 405, 1215, 3600, 3600, 3600]);
        assert_eq!((jittered(i64::MAX, 0), jittered(i64::MIN, u16::MAX)), (2_880_000, 6_000));
        assert!((1..10).map(|n| jittered(n, 0)).sum::<i64>() > 2 * 3_600_000, "ten mails' attempts take two hours");
    }
}
