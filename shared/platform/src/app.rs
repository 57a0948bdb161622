//! A service as a library.

use crate::{Caps, Platform, Request, Response, Result};

/// A service that runs on any platform `P`. Implement it generically, over all platforms.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an app for platform `{P}`",
    note = "implement `App<P>` for every `P: Platform` (or `P: SqlPlatform` at the origin)"
)]
pub trait App<P: Platform>: Sized + 'static {
    /// The capabilities without which this app is not itself. Checked when the deployable is compiled.
    const NEEDS: Caps;

    /// Whether it reads the headers of requests. A platform where reading them costs something leaves them out for an app
    /// that does not.
    const READS_HEADERS: bool = true;

    /// Builds what is kept between requests: called once per instance. Keep nothing that is bound to the request
    /// in which it happens to run.
    ///
    /// # Errors
    /// A missing secret or setting, by name. The platform answers 500 and logs it; on native the start fails.
    async fn build(platform: &P) -> Result<Self>;

    /// Answers one request. Every failure is a response.
    async fn handle(&self, platform: &P, request: Request<P>) -> Response<P>;
}

/// Fails the build when platform `P` lacks a capability that app `A` needs.
/// Platform `main!`s call it as `const _: () = check::<P, A>();`.
pub const fn check<P: Platform, A: App<P>>() {
    assert!(P::CAPS.contains(A::NEEDS), "this platform lacks a capability that this app needs");
}
