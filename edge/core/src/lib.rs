//! What the edge services share: the values that were published, the way to the origin, the reader's session.
//!
//! An edge answers from its own KV store. What is not there is asked of the origin, once for all who wait for it;
//! what the origin cannot give now is a 503. Between requests an edge keeps only what is the same for every reader:
//! parsed records, unsealed keys, the state of the way to the origin.
#![allow(async_fn_in_trait)]

mod apart;
mod breaker;
mod call;
mod cards;
pub mod conditional;
pub mod cookie;
mod fill;
pub mod identity;
mod manifest;
pub mod origin;
mod reader;
pub mod reply;
mod retained;
mod site;
mod state;
mod throttle;
pub mod values;

pub use apart::apart;
pub use breaker::{Breaker, Permit};
pub use call::{Call, Context};
pub use cards::{Card, Cards};
pub use manifest::LazyManifest;
pub use reader::{Reader, Session, Via, same_origin};
pub use retained::Retained;
pub use site::{Site, authority};
pub use state::Edge;
pub use throttle::{Rate, Throttle};
pub use values::Record;
