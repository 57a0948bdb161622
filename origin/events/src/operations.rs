//! The routes, described.

use aw_openapi::{Access, Operation};
use aw_origin_data::{ask::KEEPERS, events::Event};

use crate::{
    change::EndpointChange,
    create::{MadeEndpoint, NewEndpoint},
    endpoint::Endpoint,
    probe::Tested,
    worker::Progress,
};

/// Every route.
pub fn operations() -> Vec<Operation> {
    let all = "/v1/webhook-endpoints";
    let one = "/v1/webhook-endpoints/{id}";
    let about = |operation: Operation, summary| operation.about("events", summary).access(Access::Roles(&KEEPERS));
    let id = |operation: Operation| operation.path::<String>("id", "The endpoint's id").refuses(&[404]);
    vec![
        about(Operation::get("/v1/events", "listEvents"), "What happened, in order; events are kept for thirty days")
            .query::<Cursor>("after", "The cursor of the last event that was read: left out, the oldest come first")
            .pages::<Event>()
            .refuses(&[404, 410]),
        about(Operation::get(all, "listWebhookEndpoints"), "Programs that are told of events")
            .pages::<Endpoint>()
            .refuses(&[404]),
        about(
            Operation::post(all, "createWebhookEndpoint"),
            "Has a program told of what happens from now on; its secret is shown this once",
        )
        .idempotent()
        .body::<NewEndpoint>()
        .answers::<MadeEndpoint>(201)
        .with_header("ETag", "For the next change")
        .refuses(&[404, 409, 422]),
        id(about(Operation::get(one, "getWebhookEndpoint"), "A program that is told, and how that goes"))
            .answers::<Endpoint>(200)
            .with_header("ETag", "For the next change"),
        id(about(Operation::patch(one, "changeWebhookEndpoint"), "Changes it, or has it told again"))
            .if_match()
            .body::<EndpointChange>()
            .answers::<Endpoint>(200)
            .with_header("ETag", "For the next change")
            .refuses(&[422]),
        id(about(Operation::delete(one, "removeWebhookEndpoint"), "Has it told no more")).answers_nothing(204),
        id(about(
            Operation::post("/v1/webhook-endpoints/{id}/test", "testWebhookEndpoint"),
            "Tells it of an event that never happened, now, and says how that went",
        ))
        .answers::<Tested>(200),
        Operation::post("/_aw/work/events", "workEvents")
            .about("operator", "Tells programs of events, and forgets old ones, in every tenant, for at most 20 s")
            .access(Access::Operator)
            .answers::<Progress>(200),
    ]
}

/// A cursor of the feed.
#[derive(aw_openapi::JsonSchema)]
#[schemars(inline, transparent)]
#[expect(dead_code, reason = "a schema and no value")]
struct Cursor(#[schemars(regex(pattern = "^[0-9]{1,18}$"))] String);
