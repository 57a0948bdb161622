//! The one suite that every platform passes.
//!
//! It has four parts. **Port cases** ([`cases`]) run inside the guest, where they use the real ports: each platform
//! deploys [`Fixture`], and `GET /__case/<name>` runs one. **HTTP cases** talk to the same fixture over raw sockets,
//! while it talks to a scripted origin ([`origin`]); they live in the `authorworks conform` driver, with the
//! **differential replay**, which compares every runtime's bytes with native's, and the **hostile requests**, sent to
//! the gateway. What a runtime cannot do is declared in `gaps.toml` ([`GAPS`]).
//!
//! A platform's deployable for it is ten lines: its `main!(aw_conformance::Fixture)`, with what [`deployment`] names.

#![allow(async_fn_in_trait)]

mod ask;
mod case;
pub mod cases;
pub mod deployment;
mod fixture;
pub mod origin;
mod query;
mod routes;
pub mod sql;
mod sql_fixture;

pub use case::Failure;
pub use fixture::Fixture;
pub use sql_fixture::SqlFixture;

/// The declared gaps: TOML, `[[gap]]` tables of `runtime`, `case` and `reason`.
pub const GAPS: &str = include_str!("../gaps.toml");

/// The differential replay: requests that every runtime answers alike. Data, as TOML.
pub mod replay {
    /// Requests to the fixture.
    pub const FIXTURE: &str = include_str!("../replay/fixture.toml");
    /// Requests to the gateway, on a site whose records were put there by signed `PUT /_aw/values`.
    pub const GATEWAY: &str = include_str!("../replay/gateway.toml");
    /// What is not compared, and why.
    pub const RULES: &str = include_str!("../replay/rules.toml");
}
