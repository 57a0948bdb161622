//! The service in three, for a runtime whose components are to be small: what reads EPUB and Markdown is a third of it,
//! and what is the installation's another. Each calls no more than its own part: what is not called is not in a
//! component.

use aw_ingress::{Caller, Ready, Service};
use aw_platform::{
    ApiError, Response, Result, SqlPlatform,
    http::{self, Method},
};
use bytes::Bytes;

use crate::{installation, service::Content};

/// Books as they are written and published: [`Content`] but for what the others have.
#[derive(Clone, Debug)]
pub struct Books(Content);

/// `/v1/imports` of [`Content`].
#[derive(Clone, Debug)]
pub struct Imports(Content);

/// Tenants, the push to the edges and what they fetch, the API's description; whether all is ready.
#[derive(Clone, Debug)]
pub struct Tenants(Content);

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
        let (head, body) = request.into_parts();
        self.0.books(platform, caller, &head, &body).await
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
        self.0.imports(platform, caller, &head, &body).await
    }

    fn max_body(method: &Method, path: &str) -> usize {
        <Content as Service<P>>::max_body(method, path)
    }

    async fn ready(&self, platform: &P, name: &str, ready: &mut Ready) {
        self.0.ready(platform, name, ready).await;
    }
}

impl<P: SqlPlatform> Service<P> for Tenants {
    const NAMES: &'static [&'static str] = &["tenants"];

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
        installation::route(&self.0, platform, caller, &head, &body).await
    }

    fn max_body(method: &Method, path: &str) -> usize {
        <Content as Service<P>>::max_body(method, path)
    }

    async fn ready(&self, platform: &P, name: &str, ready: &mut Ready) {
        self.0.ready(platform, name, ready).await;
    }
}
