//! Accounts and sessions: who somebody is, and for how long; what they show of themselves, and the mail that proves
//! their address.
//!
//! Everything is kept in the tenant's database. Access tokens are verified at the edge; what ends a session before its
//! tokens do is told to the edges through the records of the tenant's hosts.
#![allow(async_fn_in_trait)]

mod account;
mod auth;
mod belongings;
mod credentials;
mod device;
mod email;
mod factors;
mod follows;
mod leaving;
mod letters;
mod link;
mod login;
mod logout;
mod mails;
mod me;
mod operations;
mod pages;
mod password;
mod preferences;
mod profile;
mod refresh;
mod register;
mod reset;
mod service;
mod session;
mod sessions;
mod throttle;
mod users;
mod verification;
mod work;

pub use operations::operations;
pub use service::{User, is_route};
