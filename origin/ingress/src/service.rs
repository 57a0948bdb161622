//! What stands behind the door.

use aw_platform::{ApiError, Bytes, Response, Result, SqlPlatform, http};

use crate::{Caller, Ready};

/// Whether a target (a path, with or without its query) is one of these paths, or below one.
///
/// ```
/// let ours = |target| aw_ingress::is_below(target, &["/v1/files"]);
/// assert!(ours("/v1/files") && ours("/v1/files/x") && ours("/v1/files?limit=1"));
/// assert!(!ours("/v1/filesystem") && !ours("/v1"));
/// ```
pub fn is_below(target: &str, paths: &[&str]) -> bool {
    let below =
        |path: &&str| target.strip_prefix(*path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    paths.iter().any(below)
}

/// An origin service, or several composed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an origin service for platform `{P}`",
    note = "implement `Service<P>` for every `P: SqlPlatform`"
)]
pub trait Service<P: SqlPlatform>: Sized + 'static {
    /// What it is called in `GET /health/NAME` and `GET /ready/NAME`; all of the names where several are composed.
    const NAMES: &'static [&'static str];

    /// Builds what is kept between requests: called once per instance.
    ///
    /// # Errors
    /// A missing secret or setting, by name.
    async fn build(platform: &P) -> Result<Self>;

    /// Answers a request that `caller` signed; its body is the one that was signed. The response's `X-Request-ID`, and
    /// an error's envelope, are made by the ingress.
    ///
    /// # Errors
    /// What to answer instead.
    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError>;

    /// The longest body that this route takes, in bytes. Asked before anything is known of the caller.
    fn max_body(method: &http::Method, path: &str) -> usize;

    /// Looks whether what the service called `name`, one of [`NAMES`](Self::NAMES), needs is there: what `ready` does
    /// not know yet.
    async fn ready(&self, platform: &P, name: &str, ready: &mut Ready);
}
