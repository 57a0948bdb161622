//! A whole origin on this machine, for the tests of its services: a private PostgreSQL cluster, an S3 server, the
//! services behind their doors as they are deployed, and edges that do as a test tells them.
//!
//! What goes wrong in here is a test that cannot be run: everything panics, with the reason.

mod ask;
mod base;
mod database;
mod edge;
mod folder;
mod gateway;
mod site;
mod store;
mod world;

pub use ask::{Answer, Who};
pub use edge::{Edge, Mood};
pub use gateway::GatewayEdge;
pub use site::Site;
pub use world::World;
