//! How often one may ask.

use aw_model::names::REQUESTS_PER_MINUTE;
use aw_platform::{ApiError, Platform, RateLimit, Result, http::HeaderMap};

/// How many a minute one has where the setting has no value.
const REQUESTS: u64 = 600;

/// How many requests a minute one user, or one stranger's address, has at one tenant.
///
/// # Errors
/// It is not a number from 1 on.
pub(crate) async fn requests_per_minute<P: Platform>(platform: &P) -> Result<u64> {
    let Some(value) = platform.config(REQUESTS_PER_MINUTE).await? else { return Ok(REQUESTS) };
    let number = value.parse().ok().filter(|n| *n > 0);
    number.ok_or_else(|| {
        aw_platform::Error::internal(format!("{REQUESTS_PER_MINUTE}: {value} is not a number from 1 on"))
    })
}

/// What of a minute's requests is left to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    limit: u64,
    asked: u64,
    /// Whether it is the tenant's limit.
    shared: bool,
    /// Until the next minute, in seconds.
    reset: u64,
}

impl Rate {
    /// From what the caller has asked in this minute and may ask, and everybody, where the tenant has a quota. The one
    /// of which less is left is told.
    pub(crate) fn new(one: (u64, u64), everybody: Option<(u64, u64)>, now_s: u64) -> Self {
        let reset = 60 - now_s % 60;
        let left = |(asked, limit): (u64, u64)| limit.saturating_sub(asked);
        let over = |(asked, limit): (u64, u64)| asked > limit;
        match everybody {
            Some(all) if over(all) || (!over(one) && left(all) < left(one)) => {
                Self { limit: all.1, asked: all.0, shared: true, reset }
            }
            _ => Self { limit: one.1, asked: one.0, shared: false, reset },
        }
    }

    /// Lets pass what is within the limit.
    ///
    /// # Errors
    /// 429 `REQUEST_RATE_EXCEEDED`, or `TENANT_RATE_EXCEEDED` where it is the tenant's, with `Retry-After`.
    pub(crate) fn check(self) -> Result<(), ApiError> {
        if self.asked <= self.limit {
            return Ok(());
        }
        let (code, whose) = match self.shared {
            true => ("TENANT_RATE_EXCEEDED", "this press"),
            false => ("REQUEST_RATE_EXCEEDED", "one reader"),
        };
        let why = format!("{whose} may ask {} times a minute", self.limit);
        Err(ApiError::new(429, code, why).retry_after(u32::try_from(self.reset).unwrap_or(60)))
    }

    /// Adds `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds until all of it is there again).
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        let remaining = self.limit.saturating_sub(self.asked);
        RateLimit { limit: self.limit, remaining, reset: self.reset }.tell(headers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rate: Rate) -> (u64, u64, u64) {
        let mut headers = HeaderMap::new();
        rate.tell(&mut headers);
        let told = RateLimit::told(&headers).unwrap();
        (told.limit, told.remaining, told.reset)
    }

    #[test]
    fn the_tighter_limit_is_told() {
        assert_eq!(told(Rate::new((1, 10), None, 59)), (10, 9, 1));
        assert_eq!(told(Rate::new((1, 10), Some((95, 100)), 60)), (100, 5, 60));
        assert_eq!(told(Rate::new((10, 10), Some((11, 100)), 60)), (10, 0, 60));
    }

    #[test]
    fn what_is_over_is_refused_by_its_name() {
        let code = |rate: Rate| rate.check().map_err(|e| (e.status(), e.code()));
        assert_eq!(code(Rate::new((10, 10), None, 0)), Ok(()));
        assert_eq!(code(Rate::new((11, 10), None, 0)), Err((429, "REQUEST_RATE_EXCEEDED")));
        assert_eq!(code(Rate::new((1, 10), Some((101, 100)), 0)), Err((429, "TENANT_RATE_EXCEEDED")));
        assert_eq!(code(Rate::new((11, 10), Some((50, 100)), 0)), Err((429, "REQUEST_RATE_EXCEEDED")));
    }
}
