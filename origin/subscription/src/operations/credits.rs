//! Credits.

use aw_openapi::{Access, Operation};

use super::{KEEPER, TAG};
use crate::credits::{Balance, Entry, NewGrant, NewSpend};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/v1/credits/grants", "grantCredits")
            .about(TAG, "Grants a reader credits for a feature")
            .access(KEEPER)
            .idempotent()
            .body::<NewGrant>()
            .answers::<Entry>(201),
        Operation::post("/v1/credits/spends", "spendCredits")
            .about(TAG, "Spends a reader's credits, those that expire first first; never more than there are")
            .access(KEEPER)
            .idempotent()
            .body::<NewSpend>()
            .answers::<Entry>(201)
            .refuses(&[402]),
        Operation::get("/v1/credits/entries", "listCreditEntries")
            .about(TAG, "Every movement of credits")
            .access(KEEPER)
            .query::<String>("userId", "Of this account only")
            .pages::<Entry>()
            .refuses(&[422]),
        Operation::get("/v1/me/credits", "listMyCredits")
            .about(TAG, "The credits of the reader who is logged in, by feature")
            .access(Access::Reader)
            .answers::<Vec<Balance>>(200)
            .refuses(&[403]),
    ]
}
