//! The service in two, for a runtime whose components are to be small: what reads EPUB and Markdown is a third of it.

use aw_ingress::{Caller, Ready, Service};
use aw_platform::{
    ApiError, Response, Result, SqlPlatform,
    http::{self, Method, request::Parts},
};
use bytes::Bytes;

use crate::service::Content;

/// What becomes of requests for imports. A type and no flag: what is not called must not be in the component, and a
/// future holds whatever it might await.
pub(crate) trait Importing {
    /// Answers a request for `/v1/imports`.
    ///
    /// # Errors
    /// What is answered instead.
    async fn import<P: SqlPlatform>(
        content: &Content,
        platform: &P,
        caller: &Caller,
        head: &Parts,
        body: &Bytes,
    ) -> Result<Response<P>, ApiError>;
}

/// They are answered here.
pub(crate) enum Here {}

/// They are another component's.
enum Elsewhere {}

impl Importing for Here {
    async fn import<P: SqlPlatform>(
        content: &Content,
        platform: &P,
        caller: &Caller,
        head: &Parts,
        body: &Bytes,
    ) -> Result<Response<P>, ApiError> {
        content.import(platform, caller, head, body).await
    }
}

impl Importing for Elsewhere {
    async fn import<P: SqlPlatform>(
        _: &Content,
        _: &P,
        _: &Caller,
        _: &Parts,
        _: &Bytes,
    ) -> Result<Response<P>, ApiError> {
        Err(ApiError::not_found("there is no such page"))
    }
}

/// [`Content`] but for `/v1/imports`.
#[derive(Clone, Debug)]
pub struct Books(Content);

/// `/v1/imports` of [`Content`].
#[derive(Clone, Debug)]
pub struct Imports(Content);

impl<P: SqlPlatform> Service<P> for Books {
    const NAMES: &'static [&'static str] = &["content"];

    async fn build(platform: &P) -> Result<Self> {
        Ok(Self(<Content as Service<P>>::build(platform).await?))
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        self.0.answer::<P, Elsewhere>(platform, caller, request).await
    }

    fn max_body(method: &Method, path: &str) -> usize {
        <Content as Service<P>>::max_body(method, path)
    }

    async fn ready(&self, platform: &P, name: &str, ready: &mut Ready) {
        self.0.ready(platform, name, ready).await;
    }
}

impl<P: SqlPlatform> Service<P> for Imports {
    const NAMES: &'static [&'static str] = &["imports"];

    async fn build(platform: &P) -> Result<Self> {
        Ok(Self(<Content as Service<P>>::build(platform).await?))
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        let (head, body) = request.into_parts();
        self.0.import(platform, caller, &head, &body).await
    }

    fn max_body(method: &Method, path: &str) -> usize {
        <Content as Service<P>>::max_body(method, path)
    }

    async fn ready(&self, platform: &P, name: &str, ready: &mut Ready) {
        self.0.ready(platform, name, ready).await;
    }
}
