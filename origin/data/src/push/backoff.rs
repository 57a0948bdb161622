//! How long to wait after a failure.

use aw_platform::Platform;

/// Milliseconds to wait after that many failures in a row: 1, 2, 4 … 60 s, give or take a fifth, so that those who
/// failed together do not come back together.
pub(crate) fn wait<P: Platform>(p: &P, failures: i64) -> i64 {
    let mut random = [0; 2];
    p.random(&mut random);
    jittered(failures, u16::from_be_bytes(random))
}

fn jittered(failures: i64, random: u16) -> i64 {
    let seconds = 1_i64 << failures.clamp(1, 7).saturating_sub(1);
    let ms = seconds.min(60) * 1000;
    ms * 4 / 5 + ms * 2 / 5 * i64::from(random) / 65_535
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_a_minute_and_stays_there() {
        let middle: Vec<i64> = (0..10).map(|n| (jittered(n, 32_768) + 500) / 1000).collect();
        assert_eq!(middle, [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!((jittered(i64::MAX, 0), jittered(i64::MAX, u16::MAX)), (48_000, 72_000));
        assert_eq!((jittered(i64::MIN, 0), jittered(1, u16::MAX)), (800, 1_200));
    }
}
