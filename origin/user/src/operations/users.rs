//! Accounts, as their keepers see them.

use aw_openapi::{Access, Operation};
use aw_origin_data::ask::KEEPERS;

use crate::{account::Account, users::Change};

fn kept(operation: Operation, summary: &'static str) -> Operation {
    operation.about("users", summary).access(Access::Roles(&KEEPERS)).refuses(&[404])
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        kept(Operation::get("/v1/users", "listUsers"), "All accounts, oldest first").pages::<Account>(),
        kept(Operation::get("/v1/users/{id}", "getUser"), "An account")
            .path::<String>("id", "The account's id or address")
            .answers::<Account>(200)
            .with_header("ETag", "The account's version"),
        kept(Operation::patch("/v1/users/{id}", "changeUser"), "Changes what an account may do and read")
            .path::<String>("id", "The account's id or address")
            .if_match_optional()
            .body::<Change>()
            .answers::<Account>(200)
            .with_header("ETag", "The account's version")
            .refuses(&[409, 422]),
    ]
}
