//! Payouts.

use aw_openapi::{Access, Operation};

use super::{KEEPER, TAG};
use crate::payouts::{MyPayout, MySale, MyTotal, NewStatement, Rule, RuleBody, Statement, Summary};

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
        Operation::get("/v1/me/payouts", "listMyPayouts")
            .about(TAG, "What whoever is logged in got, by statement, the newest first")
            .access(Access::Reader)
            .pages::<MyPayout>()
            .refuses(&[403]),
        Operation::get("/v1/me/payouts/totals", "getMyPayoutTotals")
            .about(TAG, "What they got, by currency")
            .access(Access::Reader)
            .answers::<Vec<MyTotal>>(200)
            .refuses(&[403]),
        Operation::get("/v1/me/payouts/{id}/sales", "listMyPayoutSales")
            .about(TAG, "Which sales their part of a statement comes from")
            .access(Access::Reader)
            .path::<String>("id", "The statement's id")
            .pages::<MySale>()
            .refuses(&[403, 404]),
    ]
}
