//! What happened in a tenant ([`aw_origin_data::events`]): a feed to page through, and webhooks.
//!
//! A tenant's keepers name *endpoints*: addresses of programs elsewhere that are told of every event whose name they
//! ask for, at least once and in order, by a `POST` that is signed as Stripe signs its own
//! ([`aw_trust::webhook`]). An endpoint has the position up to which it has been told; what it does not take is told
//! again, later and later, and what comes after it waits. One that takes nothing for three days is told no more.
#![allow(async_fn_in_trait)]

mod attempt;
mod change;
mod create;
mod endpoint;
mod feed;
mod names;
mod operations;
mod probe;
mod routes;
mod url;
mod worker;

pub use operations::operations;
pub use routes::{has, route, work};
