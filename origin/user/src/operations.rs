//! The service's routes, described.

mod auth;
mod mails;
mod me;
mod users;

use aw_openapi::Operation;

use crate::factors;

/// Every route of the service.
pub fn operations() -> Vec<Operation> {
    let mut all = auth::operations();
    all.extend(me::operations());
    all.extend(users::operations());
    all.extend(factors::operations());
    all.extend(mails::operations());
    all.extend(aw_events::operations());
    all
}
