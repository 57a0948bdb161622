//! The account of whoever asks.

use aw_openapi::{Access, Operation};

use crate::{
    account::Account,
    credentials::{EmailChange, PasswordChange},
    verification::Mailed,
};

fn mine(operation: Operation, summary: &'static str) -> Operation {
    // 403: the operator has no account; a browser's write without its CSRF token.
    operation.about("account", summary).access(Access::Reader).refuses(&[403, 404])
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        mine(Operation::get("/v1/account", "getAccount"), "The account of whoever asks")
            .answers::<Account>(200)
            .with_header("ETag", "The account's version"),
        mine(
            Operation::post("/v1/account/verification", "mailVerification"),
            "Mails the link again that proves the address",
        )
        .answers::<Mailed>(202)
        .refuses(&[409]),
        mine(
            Operation::put("/v1/account/password", "changePassword"),
            "Changes the password, and ends every other session",
        )
        .body::<PasswordChange>()
        .answers_nothing(204)
        .refuses(&[422]),
        mine(
            Operation::post("/v1/account/email", "changeEmail"),
            "Mails a link to a new address, which makes it the account's",
        )
        .body::<EmailChange>()
        .answers::<Mailed>(202)
        .refuses(&[409, 422]),
    ]
}
