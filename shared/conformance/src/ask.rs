//! What cases do again and again: ask the origin, wait for what is eventually so, make names that nobody else has.

use std::time::Duration;

use aw_platform::{Backend, Body, Bytes, FetchOptions, Platform, Request, Response};

use crate::{
    case::{Failure, ensure},
    deployment::ORIGIN,
};

/// No response of the origin that a case reads whole is longer.
const LONGEST: usize = 8 << 20;

/// A GET of `target` without a body.
pub(crate) fn get<P: Platform>(target: &str) -> Result<Request<P>, Failure> {
    Ok(http::Request::get(target).body(Body::Empty)?)
}

/// Starts a GET of `target` at the origin.
pub(crate) fn start<P: Platform>(p: &P, target: &str) -> Result<P::Pending, Failure> {
    Ok(p.fetch(ORIGIN, get::<P>(target)?, FetchOptions::default()))
}

/// The origin's response to a GET of `target`.
pub(crate) async fn response<P: Platform>(p: &P, target: &str) -> Result<Response<P>, Failure> {
    Ok(start(p, target)?.await?)
}

/// The origin's response to `request`.
pub(crate) async fn send<P: Platform>(p: &P, request: Request<P>) -> Result<Response<P>, Failure> {
    Ok(p.fetch(ORIGIN, request, FetchOptions::default()).await?)
}

/// The body of a response that must be a 200.
pub(crate) async fn body<P: Platform>(response: Response<P>) -> Result<Bytes, Failure> {
    ensure!(response.status() == 200, "the origin answered {}", response.status());
    Ok(response.into_body().bytes(LONGEST).await?)
}

/// The body of the origin's 200 to a GET of `target`, as text.
pub(crate) async fn text<P: Platform>(p: &P, target: &str) -> Result<String, Failure> {
    let bytes = body::<P>(response(p, target).await?).await?;
    String::from_utf8(bytes.to_vec()).map_err(|_| Failure::new("the origin's body is not UTF-8"))
}

/// A GET of `target` at `backend` with a limit on the response's head.
pub(crate) fn hurried<P: Platform>(p: &P, to: Backend, target: &str, ms: u64) -> Result<P::Pending, Failure> {
    Ok(p.fetch(to, get::<P>(target)?, FetchOptions { first_byte: Duration::from_millis(ms) }))
}

/// A name that no other run has: `prefix` and 16 hexadecimal digits.
pub(crate) fn unique<P: Platform>(p: &P, prefix: &str) -> String {
    let mut random = [0; 8];
    p.random(&mut random);
    format!("{prefix}{}", crate::origin::hex(&random))
}

/// Asks until `ask` gives what is expected, for some seconds: stores are eventually consistent.
pub(crate) async fn eventually<P: Platform>(
    p: &P,
    what: &str,
    mut ask: impl AsyncFnMut() -> Result<bool, Failure>,
) -> Result<(), Failure> {
    for _ in 0..60 {
        if ask().await? {
            return Ok(());
        }
        p.sleep(Duration::from_millis(100)).await;
    }
    Err(Failure::new(format_args!("{what}, not even after some seconds")))
}
