//! Builds deployables and runs them in the real runtimes: workerd, Viceroy, Spin (or its test host), native.
//!
//! `up`, `conform`, `bench` and the tests all start servers through here, so that what is tested is what runs.

pub mod build;
pub mod cache;
pub mod cloudflare;
pub mod fastly;
mod launch;
pub mod native;
pub mod neighbour;
pub mod process;
pub mod setup;
pub mod spin;
mod tether;

pub use launch::{Database, Error, Launch, Result, Runtime, Server, free_port};
pub use tether::Tether;

/// Every runtime, native first.
pub fn all() -> Vec<Box<dyn Runtime + Send + Sync>> {
    vec![Box::new(native::Native), Box::new(cloudflare::Cloudflare), Box::new(fastly::Fastly), Box::new(spin::Spin)]
}
