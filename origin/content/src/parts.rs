//! The service in two, for a runtime whose components are to be small: what reads EPUB and Markdown is a third of it.

use aw_ingress::{Caller, Service};
use aw_platform::{
    ApiError, Response, Result, SqlPlatform,
    http::{self, Method},
};
use bytes::Bytes;

use crate::service::Content;

/// [`Content`] but for `/v1/imports`.
#[derive(Clone, Debug)]
pub struct Books(Content);

/// `/v1/imports` of [`Content`].
#[derive(Clone, Debug)]
pub struct Imports(Content);

impl<P: SqlPlatform> Service<P> for Books {
    async fn build(platform: &P) -> Result<Self> {
        Ok(Self(<Content as Service<P>>::build(platform).await?))
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        self.0.answer::<P, false>(platform, caller, request).await
    }

    fn max_body(method: &Method, path: &str) -> usize {
        <Content as Service<P>>::max_body(method, path)
    }

    async fn ready(&self, platform: &P) -> Result<(), ApiError> {
        self.0.ready(platform).await
    }
}

impl<P: SqlPlatform> Service<P> for Imports {
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

    async fn ready(&self, platform: &P) -> Result<(), ApiError> {
        self.0.ready(platform).await
    }
}
