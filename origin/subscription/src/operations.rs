//! The service's routes, as the API's description has them.

mod catalogue;
mod credits;
mod payments;
mod payouts;

use aw_openapi::{Access, Operation};

use crate::ask::KEEPERS;

/// All of them.
pub fn operations() -> Vec<Operation> {
    let mut all = catalogue::operations();
    all.extend(payments::operations());
    all.extend(credits::operations());
    all.extend(payouts::operations());
    all
}

/// The group of what is sold and paid.
const TAG: &str = "subscription";
/// Owners and admins.
const KEEPER: Access = Access::Roles(&KEEPERS);
