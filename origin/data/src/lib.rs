//! What the origin's services share: the databases, tenants, what is published and its outbox, the push to the edges,
//! and the few habits of a good API that need a table.
#![allow(async_fn_in_trait)]

pub mod accounts;
pub mod answer;
pub mod ask;
pub mod audit;
pub mod backoff;
pub mod database;
pub mod due;
pub mod edges;
pub mod events;
pub mod files;
pub mod idempotency;
pub mod input;
pub mod objects;
pub mod push;
pub mod ready;
pub mod records;
pub mod revocations;
pub mod secrets;
pub mod tenants;
