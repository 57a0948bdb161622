//! One service, written once, runs on every platform.
//!
//! A service is an [`App`]: it sees a [`Platform`] and nothing else, so it has no SDK type, no `cfg(target)`,
//! no thread and no clock of its own. A platform is a crate that implements [`Platform`]; a deployable is a
//! platform's `main!` over an app.
//!
//! ```
//! use aw_platform::{App, Body, Caps, Platform, Request, Response, Result};
//!
//! struct Hello;
//!
//! impl<P: Platform> App<P> for Hello {
//!     const NEEDS: Caps = Caps::NONE;
//!     async fn build(_: &P) -> Result<Self> {
//!         Ok(Hello)
//!     }
//!     async fn handle(&self, _: &P, req: Request<P>) -> Response<P> {
//!         match aw_platform::Path::parse(req.uri().path()).map(|p| p.segments().len()) {
//!             Ok(0) => Response::<P>::new(Body::from("hello")),
//!             _ => aw_platform::ApiError::not_found("no such page").into_response(""),
//!         }
//!     }
//! }
//! ```
//!
//! Three rules hold everywhere and the conformance suite checks them: what can stream is never buffered; a
//! fetch starts when it is called; nothing that is bound to one request is kept for the next.
#![allow(async_fn_in_trait)] // futures are !Send by design: one thread, one request at a time, on every platform

mod api_error;
mod app;
mod body;
mod cache;
mod caps;
mod client;
mod error;
mod ext;
mod fetch;
mod flight;
pub mod hello;
mod hop_by_hop;
mod ids;
mod kv;
pub mod limits;
mod path;
mod platform;
mod rate_limit;
mod secret;
mod sql;

pub use api_error::{ApiError, Envelope};
pub use app::{App, check};
pub use body::{Body, BodyStream, Collected, NativeBody};
pub use cache::{Cache, CachePolicy};
pub use caps::Caps;
pub use client::Client;
pub use error::{Error, Result};
pub use ext::PlatformExt;
pub use fetch::{ANY_HOST, ANY_HOST_OR_LOCAL, Backend, FetchOptions};
pub use flight::Flights;
pub use hop_by_hop::strip_hop_by_hop;
pub use ids::{REQUEST_ID, request_id, rfc3339, uuid_v7};
pub use kv::{KeyPage, Kv, StoreId};
pub use path::{FromSegment, Path};
pub use platform::{Platform, Request, Response};
pub use rate_limit::RateLimit;
pub use secret::Secret;
pub use sql::{Row, Sql, SqlExt, SqlPlatform, Value};

pub use bytes::Bytes;
pub use http;
