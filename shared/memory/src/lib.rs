//! The reference platform: deterministic, for tests.
//!
//! The clock moves only when a test moves it, or when [`Memory::block_on`] has nothing left to do and jumps to the
//! next timer; randomness comes from a seed; backends are closures; background work waits until a test runs it.
//! **Not for production**: the randomness is predictable.
//!
//! ```
//! use aw_memory::Memory;
//! use aw_platform::{App, Backend, Body, Caps, FetchOptions, Platform, Request, Response, Result, http};
//!
//! /// An app that passes everything on.
//! struct Proxy;
//!
//! impl<P: Platform> App<P> for Proxy {
//!     const NEEDS: Caps = Caps::NONE;
//!     async fn build(_: &P) -> Result<Self> {
//!         Ok(Proxy)
//!     }
//!     async fn handle(&self, p: &P, request: Request<P>) -> Response<P> {
//!         match p.fetch(Backend("origin"), request, FetchOptions::default()).await {
//!             Ok(response) => response,
//!             Err(error) => aw_platform::ApiError::from(error).into_response("r-1"),
//!         }
//!     }
//! }
//!
//! let platform = Memory::new();
//! platform.backend("origin", |request| {
//!     Box::pin(async move { Ok(http::Response::new(Body::from(format!("you asked for {}", request.uri())))) })
//! });
//! let text = platform.block_on(async {
//!     let app = Proxy::build(&platform).await.unwrap();
//!     let request = http::Request::get("/books").body(Body::Empty).unwrap();
//!     app.handle(&platform, request).await.into_body().bytes(1000).await.unwrap()
//! });
//! assert_eq!(text, "you asked for /books");
//! ```
#![allow(async_fn_in_trait)]

mod body;
mod cache;
mod emit;
mod executor;
mod fetch;
mod kv;
mod platform;
mod random;
mod time;

pub use body::MemoryBody;
pub use cache::MemoryCache;
pub use fetch::{Answer, Pending};
pub use kv::MemoryKv;
pub use platform::Memory;
pub use time::Sleep;
