//! Plans, payments and what they entitle to.
//!
//! A press sells tiers by the month or year and books once. Readers pay at a provider that speaks Stripe's API; what it
//! tells by webhooks is kept as a ledger, and what a reader may read is derived from that ledger in the transaction
//! that changes it. Nothing that a browser says makes anyone a payer.
#![allow(async_fn_in_trait)]

mod ask;
mod catalogue;
mod checkout;
mod checks;
mod credits;
mod currency;
mod entitlements;
mod ledger;
mod mine;
mod operations;
mod pages;
mod payouts;
mod press;
mod provider;
mod reconcile;
mod service;
mod webhook;
mod work;

pub use operations::operations;
pub use service::Subscription;
