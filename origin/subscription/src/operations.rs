//! The service's routes, as the API's description has them.

mod catalogue;

use aw_openapi::Operation;

/// All of them.
pub fn operations() -> Vec<Operation> {
    catalogue::operations()
}

/// The group of what is sold and paid.
const TAG: &str = "subscription";
