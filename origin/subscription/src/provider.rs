//! The provider of payments.
//!
//! Each tenant has an account of its own there. Its keys are in the tenant's database, sealed with a key that is made
//! of the master key, so that a dump of the database opens nothing and a tenant is moved or deleted with all that it
//! has. Where the deployment's setting `payments-sandbox` is on, a tenant without an account sells at the sandbox.

mod account;
mod client;
mod objects;
mod route;
mod things;
mod usable;

pub(crate) use account::{Account, find, open, refresh};
pub(crate) use client::Client;
pub(crate) use objects::{Charge, Dispute, Hosted, Invoice, Line, Link, Session, Subscription};
pub(crate) use route::{AccountBody, AccountInfo, route};
pub(crate) use things::{coupon, customer, price};
pub(crate) use usable::usable;
