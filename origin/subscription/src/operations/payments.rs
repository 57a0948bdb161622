//! Paying, what is told of it, and what a reader has.

use aw_openapi::{Access, Operation};

use super::{KEEPER, TAG};
use crate::{
    checkout::{Checkout, NewCheckout, NewPortal, Portal},
    mine::{InvoiceInfo, Mine, Purchase, SubscriptionInfo},
    provider::{AccountBody, AccountInfo},
    reconcile::Report,
    webhook::{Event, Received},
    work::Progress,
};

pub(super) fn operations() -> Vec<Operation> {
    let mut all = provider();
    all.extend(checkouts());
    all.extend(mine());
    all.extend(ledger());
    all
}

fn provider() -> Vec<Operation> {
    vec![
        Operation::get("/v1/payment-provider", "getPaymentProvider")
            .about(TAG, "The press's account at its provider of payments, without its keys")
            .access(KEEPER)
            .answers::<AccountInfo>(200)
            .with_header("ETag", "Its version")
            .refuses(&[404]),
        Operation::put("/v1/payment-provider", "putPaymentProvider")
            .about(TAG, "Sets the account; without secrets of webhooks an endpoint is registered at the provider")
            .access(KEEPER)
            .if_match_optional()
            .body::<AccountBody>()
            .answers::<AccountInfo>(200)
            .with_header("ETag", "Its version")
            .refuses(&[409, 422, 428, 502]),
    ]
}

fn checkouts() -> Vec<Operation> {
    vec![
        Operation::post("/v1/checkouts", "createCheckout")
            .about(TAG, "Begins to buy: the answer has the page that takes the payment")
            .access(Access::Reader)
            .idempotent()
            .body::<NewCheckout>()
            .answers::<Checkout>(201)
            .refuses(&[403, 404, 409, 422, 502]),
        Operation::get("/v1/checkouts/{id}", "getCheckout")
            .about(TAG, "What became of a checkout of one's own")
            .access(Access::Reader)
            .path::<String>("id", "The checkout's id")
            .answers::<Checkout>(200)
            .refuses(&[403, 404]),
        Operation::post("/v1/portal-sessions", "createPortalSession")
            .about(TAG, "The provider's page at which a reader cancels, or changes the card")
            .access(Access::Reader)
            .body_optional::<NewPortal>()
            .answers::<Portal>(201)
            .refuses(&[403, 409, 422, 502]),
    ]
}

fn mine() -> Vec<Operation> {
    vec![
        Operation::get("/v1/me/subscription", "getMySubscription")
            .about(TAG, "What the reader who is logged in may read beyond what is free, and what of")
            .access(Access::Reader)
            .answers::<Mine>(200)
            .refuses(&[403]),
        Operation::get("/v1/me/purchases", "listMyPurchases")
            .about(TAG, "What the reader has bought once, with the codes of gifts")
            .access(Access::Reader)
            .pages::<Purchase>()
            .refuses(&[403]),
        Operation::get("/v1/me/invoices", "listMyInvoices")
            .about(TAG, "The reader's invoices, the newest first")
            .access(Access::Reader)
            .pages::<InvoiceInfo>()
            .refuses(&[403]),
    ]
}

fn ledger() -> Vec<Operation> {
    vec![
        Operation::get("/v1/subscriptions", "listSubscriptions")
            .about(TAG, "All subscriptions")
            .access(KEEPER)
            .pages::<SubscriptionInfo>(),
        Operation::get("/v1/subscriptions/reconciliations", "listReconciliations")
            .about(TAG, "What the nightly reconciliations found, the newest first")
            .access(KEEPER)
            .pages::<Report>(),
        Operation::post("/v1/subscriptions/reconciliations", "reconcile")
            .about(TAG, "Asks the provider for everything now, and repairs what is not as it says")
            .access(KEEPER)
            .answers::<Report>(201)
            .refuses(&[409, 502]),
        Operation::post("/v1/webhooks/payments", "receivePaymentEvent")
            .about(TAG, "What the provider tells: signed (Stripe-Signature) and not logged in")
            .header::<String>("Stripe-Signature", true, "t=SECONDS,v1=HEX over the body as it is")
            .body::<Event>()
            .answers::<Received>(200)
            .refuses(&[401, 422]),
        Operation::post("/_aw/work/subscription", "workSubscription")
            .about(TAG, "Does what is due: ends of entitlements and credits, doubts, the nightly reconciliation")
            .access(Access::Operator)
            .answers::<Progress>(200),
    ]
}
