//! Accounts and sessions: who somebody is, and for how long.
//!
//! Everything is kept in the tenant's database. Access tokens are verified at the edge; what ends a session before its
//! tokens do is told to the edges through the records of the tenant's hosts.
#![allow(async_fn_in_trait)]

mod account;
mod email;
mod factors;
mod login;
mod logout;
mod password;
mod refresh;
mod register;
mod service;
mod session;
mod throttle;
mod users;

pub use factors::operations as factor_operations;
pub use service::User;
