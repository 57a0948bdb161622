//! The service's routes, described.

mod mails;

use aw_openapi::Operation;

/// Every route of the service.
pub fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    all.extend(mails::operations());
    all
}
