//! The smallest app: what a platform costs on its own. Benchmarks use it.

use http::{HeaderValue, header};

use crate::{App, Body, Caps, Platform, Request, Response, Result};

/// Answers `hello` as `text/plain` to every request.
#[derive(Debug)]
pub struct Hello;

impl<P: Platform> App<P> for Hello {
    const NEEDS: Caps = Caps::NONE;
    const READS_HEADERS: bool = false;

    async fn build(_: &P) -> Result<Self> {
        Ok(Self)
    }

    async fn handle(&self, _: &P, _: Request<P>) -> Response<P> {
        let mut response = Response::<P>::new(Body::from("hello"));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        response
    }
}
