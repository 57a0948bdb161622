//! Payouts.

use aw_openapi::Operation;

use super::{KEEPER, TAG};
use crate::payouts::{NewStatement, Rule, RuleBody, Statement, Summary};

pub(super) fn operations() -> Vec<Operation> {
    let rule = |operation: Operation| {
        operation
            .path::<String>("grants", "tier:SLUG or book:ID")
            .access(KEEPER)
            .about(TAG, "How what it brings is split")
    };
    vec![
        rule(Operation::get("/v1/payout-rules/{grants}", "getPayoutRule"))
            .answers::<Rule>(200)
            .with_header("ETag", "Its version")
            .refuses(&[404]),
        rule(Operation::put("/v1/payout-rules/{grants}", "putPayoutRule"))
            .if_match_optional()
            .body::<RuleBody>()
            .answers::<Rule>(200)
            .answers::<Rule>(201)
            .refuses(&[422, 428]),
        Operation::get("/v1/payouts", "listPayouts").about(TAG, "All statements").access(KEEPER).pages::<Summary>(),
        Operation::post("/v1/payouts", "createPayout")
            .about(TAG, "States what was earned until the end of a month that is over, and what of it is whose")
            .access(KEEPER)
            .idempotent()
            .body::<NewStatement>()
            .answers::<Statement>(201),
        Operation::get("/v1/payouts/{id}", "getPayout")
            .about(TAG, "A statement")
            .access(KEEPER)
            .path::<String>("id", "The statement's id")
            .answers::<Statement>(200)
            .refuses(&[404]),
    ]
}
