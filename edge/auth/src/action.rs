//! What the origin does with sessions.

use aw_edge_core::{Context, Rate};
use aw_platform::{ApiError, Platform, RateLimit};

/// One of the origin's routes that a session begins, goes on and ends by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Makes an account and logs in.
    Register,
    /// Logs in.
    Login,
    /// The second step of a login.
    Factor,
    /// Logs in with a passkey alone.
    Passkey,
    /// Gives new tokens.
    Refresh,
    /// Ends the session.
    Logout,
}

/// Guesses: thirty at once, then one in two seconds.
const GUESSES: Rate = Rate { burst: 30, every: 2_000 };
/// Refreshes: a browser with many tabs does many at once.
const REFRESHES: Rate = Rate { burst: 200, every: 200 };

impl Action {
    /// The action that this segment behind `/v1/auth` names, of those whose answer has to do with cookies.
    pub fn parse(segment: &str) -> Option<Self> {
        match segment {
            "register" => Some(Self::Register),
            "login" => Some(Self::Login),
            "refresh" => Some(Self::Refresh),
            "logout" => Some(Self::Logout),
            _ => None,
        }
    }

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Register => "/v1/auth/register",
            Self::Login => "/v1/auth/login",
            Self::Factor => "/v1/auth/login/factor",
            Self::Passkey => "/v1/auth/passkeys/login",
            Self::Refresh => "/v1/auth/refresh",
            Self::Logout => "/v1/auth/logout",
        }
    }

    /// Counts one against this client's rate; what is left of it.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub(crate) fn throttle<P: Platform>(self, ctx: &Context<P>) -> Result<RateLimit, ApiError> {
        let edge = &ctx.call.edge;
        let (throttle, rate) = match self {
            Self::Refresh | Self::Logout => (&edge.refreshes, REFRESHES),
            _ => (&edge.logins, GUESSES),
        };
        let platform = &ctx.call.platform;
        throttle.take(&ctx.site.tenant().id, platform.client().ip, rate, platform.now()).map_err(|seconds| {
            ApiError::new(429, "AUTH_RATE_LIMITED", "too many tries from this address; wait a little")
                .retry_after(seconds)
                .used_up(rate.burst)
        })
    }
}
