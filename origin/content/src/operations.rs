//! The API's description of this service.

mod deletion;

use aw_openapi::Operation;

/// Every documented route of the service.
pub fn operations() -> Vec<Operation> {
    deletion::operations()
}
