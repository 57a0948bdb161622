//! The origin's front door: only signed requests come in.
//!
//! [`Ingress`] is the [`App`](aw_platform::App) of an origin; what is behind it is a [`Service`]. It answers
//! `GET /health` and `GET /ready` to anyone, and both with a service's name below. Of everything else it checks the
//! limits, the signature (RFC 9421), the digest of the body, that the nonce is new and that the caller does not ask too
//! often, and then calls the service with the [`Caller`] that the signature vouches for. Every request leaves one record.
#![allow(async_fn_in_trait)] // futures are !Send by design, as in aw-platform

mod admission;
mod admit;
mod caller;
mod ingress;
mod probe;
mod rate;
mod ready;
mod record;
mod service;

pub use caller::{Caller, Kind};
pub use ingress::Ingress;
pub use probe::Health;
pub use ready::{Need, Readiness, Ready};
pub use service::{Service, is_below};
