//! What of a rate is left to a caller, as they are told.

use http::{HeaderMap, HeaderValue};

const LIMIT: &str = "x-ratelimit-limit";
const REMAINING: &str = "x-ratelimit-remaining";
const RESET: &str = "x-ratelimit-reset";

/// The headers `X-RateLimit-Limit`, `-Remaining` and `-Reset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests there are when all of them are.
    pub limit: u64,
    /// How many are left.
    pub remaining: u64,
    /// The seconds until all of them are there again.
    pub reset: u64,
}

impl RateLimit {
    /// Sets the headers.
    pub fn tell(self, headers: &mut HeaderMap) {
        for (name, value) in [(LIMIT, self.limit), (REMAINING, self.remaining), (RESET, self.reset)] {
            headers.insert(name, HeaderValue::from(value));
        }
    }

    /// What somebody else's headers say; `None` where one of them is not there, or is no number.
    pub fn told(headers: &HeaderMap) -> Option<Self> {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.parse().ok();
        Some(Self { limit: number(LIMIT)?, remaining: number(REMAINING)?, reset: number(RESET)? })
    }

    /// The one of two of which less is left: it is the one to be told.
    #[must_use]
    pub fn tighter(self, other: Self) -> Self {
        if other.remaining < self.remaining { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_again_and_half_of_it_is_nothing() {
        let rate = RateLimit { limit: 600, remaining: 7, reset: 31 };
        let mut headers = HeaderMap::new();
        rate.tell(&mut headers);
        assert_eq!(RateLimit::told(&headers), Some(rate));
        headers.insert(REMAINING, HeaderValue::from_static("-1"));
        assert_eq!(RateLimit::told(&headers), None);
        headers.remove(REMAINING);
        assert_eq!(RateLimit::told(&headers), None);
    }

    #[test]
    fn less_is_tighter() {
        let (much, little) =
            (RateLimit { limit: 600, remaining: 30, reset: 1 }, RateLimit { limit: 30, remaining: 29, reset: 2 });
        assert_eq!((much.tighter(little), little.tighter(much)), (little, little));
    }
}
