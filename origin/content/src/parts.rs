//! The service in three, for a runtime whose components are to be small: what reads EPUB and Markdown is a third of it,
//! and what is the installation's another. Each calls no more than its own part: what is not called is not in a
//! component.

use std::marker::PhantomData;

use aw_ingress::{Caller, Ready, Service};
use aw_platform::{
    ApiError, Response, Result, SqlPlatform,
    http::{self, Method, request::Parts},
};
use bytes::Bytes;

use crate::{installation, service::Content};

/// Books as they are written and published: [`Content`] but for what the others have.
pub type Books = Only<Written>;
/// `/v1/imports` of [`Content`].
pub type Imports = Only<Imported>;
/// Tenants, the push to the edges and what they fetch, the API's description; whether all is ready.
pub type Tenants = Only<Installed>;

/// One part of [`Content`].
#[derive(Clone, Debug)]
pub struct Only<T>(Content, PhantomData<T>);

/// What a part answers.
pub type Answer<P> = Result<Response<P>, ApiError>;

/// Which part.
pub trait Part: 'static {
    /// The service's name.
    const NAMES: &'static [&'static str];

    /// Answers what is this part's.
    ///
    /// # Errors
    /// What the route answers instead.
    async fn answer<P: SqlPlatform>(all: &Content, p: &P, caller: &Caller, head: &Parts, body: &Bytes) -> Answer<P>;
}

/// Of [`Books`].
#[derive(Clone, Copy, Debug)]
pub struct Written;

/// Of [`Imports`].
#[derive(Clone, Copy, Debug)]
pub struct Imported;

/// Of [`Tenants`].
#[derive(Clone, Copy, Debug)]
pub struct Installed;

impl Part for Written {
    const NAMES: &'static [&'static str] = &["content"];

    async fn answer<P: SqlPlatform>(all: &Content, p: &P, caller: &Caller, head: &Parts, body: &Bytes) -> Answer<P> {
        all.books(p, caller, head, body).await
    }
}

impl Part for Imported {
    const NAMES: &'static [&'static str] = &["imports"];

    async fn answer<P: SqlPlatform>(all: &Content, p: &P, caller: &Caller, head: &Parts, body: &Bytes) -> Answer<P> {
        all.imports(p, caller, head, body).await
    }
}

impl Part for Installed {
    const NAMES: &'static [&'static str] = &["tenants"];

    async fn answer<P: SqlPlatform>(all: &Content, p: &P, caller: &Caller, head: &Parts, body: &Bytes) -> Answer<P> {
        installation::route(all, p, caller, head, body).await
    }
}

impl<P: SqlPlatform, T: Part> Service<P> for Only<T> {
    const NAMES: &'static [&'static str] = T::NAMES;

    async fn build(platform: &P) -> Result<Self> {
        Ok(Self(<Content as Service<P>>::build(platform).await?, PhantomData))
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        let (head, body) = request.into_parts();
        T::answer(&self.0, platform, caller, &head, &body).await
    }

    fn max_body(method: &Method, path: &str) -> usize {
        <Content as Service<P>>::max_body(method, path)
    }

    async fn ready(&self, platform: &P, name: &str, ready: &mut Ready) {
        self.0.ready(platform, name, ready).await;
    }
}
