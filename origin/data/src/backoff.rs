//! How long to wait after a failure, so that those who failed together do not come back together.

use aw_platform::Platform;

/// For what others run, such as a mail API or a webhook's endpoint: 5, 15, 45 s … an hour.
pub const OTHERS: Backoff = Backoff { first: 5, factor: 3, longest: 3600 };
/// For what is ours: 1, 2, 4 … 60 s.
pub const OURS: Backoff = Backoff { first: 1, factor: 2, longest: 60 };

/// Waits that grow, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    first: i64,
    factor: i64,
    longest: i64,
}

impl Backoff {
    /// Milliseconds to wait after that many failures in a row, give or take a fifth.
    pub fn wait<P: Platform>(self, p: &P, failures: i64) -> i64 {
        let mut random = [0; 2];
        p.random(&mut random);
        self.jittered(failures, u16::from_be_bytes(random))
    }

    fn jittered(self, failures: i64, random: u16) -> i64 {
        let exponent = u32::try_from(failures.clamp(1, 8) - 1).unwrap_or(0);
        let ms = (self.first * self.factor.pow(exponent)).min(self.longest) * 1000;
        ms * 4 / 5 + ms * 2 / 5 * i64::from(random) / 65_535
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn middle(backoff: Backoff) -> [i64; 10] {
        std::array::from_fn(|n| (backoff.jittered(i64::try_from(n).unwrap(), 32_768) + 500) / 1000)
    }

    #[test]
    fn waits_grow_to_the_longest_and_stay_there() {
        assert_eq!(middle(OTHERS), [5, 5, 15, 45, 135, 405, 1215, 3600, 3600, 3600]);
        assert_eq!(middle(OURS), [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        let ends = |backoff: Backoff| (backoff.jittered(i64::MAX, 0), backoff.jittered(i64::MIN, u16::MAX));
        assert_eq!((ends(OTHERS), ends(OURS)), ((2_880_000, 6_000), (48_000, 1_200)));
        let least: i64 = (1..10).map(|n| OTHERS.jittered(n, 0)).sum();
        assert!(least > 2 * 3_600_000, "ten mails' attempts take two hours");
    }
}
