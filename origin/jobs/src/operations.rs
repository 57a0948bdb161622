//! The routes, as the API's description has them.

use aw_openapi::{Access, Operation};
use uuid::Uuid;

use crate::{
    claim::{Free, Work},
    job::{Job, State},
    lease::{Became, Failed, Outcome, Word},
    link::ResultLink,
};

/// The routes of this service.
pub fn operations() -> Vec<Operation> {
    let of_job = |operation: Operation, summary| {
        let access = Access::Owned { roles: &["owner", "admin"], own: &["editor", "author", "reader"] };
        let operation = operation.about("jobs", summary).access(access);
        operation.path::<Uuid>("id", "The job's id").refuses(&[404])
    };
    let of_worker = |operation: Operation, summary| {
        let operation = operation.about("operator", summary).access(Access::Operator);
        operation.path::<Uuid>("id", "The job's id").answers::<Became>(200).refuses(&[404, 409, 422])
    };
    vec![
        Operation::get("/v1/jobs", "listJobs")
            .about("jobs", "Long work, newest first: one's own, everybody's for owner and admin")
            .access(Access::ReaderOrOperator)
            .query::<State>("state", "Only these")
            .pages::<Job>(),
        of_job(Operation::get("/v1/jobs/{id}", "getJob"), "How far a job is, and what it waits for")
            .answers::<Job>(200),
        of_job(Operation::delete("/v1/jobs/{id}", "cancelJob"), "Cancels a job that waits or runs")
            .answers::<Job>(200)
            .refuses(&[409]),
        of_job(Operation::get("/v1/jobs/{id}/link", "linkJobResult"), "A URL of the result, for five minutes")
            .answers::<ResultLink>(200)
            .refuses(&[409]),
        Operation::post("/_aw/work/jobs", "leaseJob")
            .about("operator", "Gives a worker a job that is due in some tenant")
            .access(Access::Operator)
            .body::<Free>()
            .answers::<Work>(200)
            .refuses(&[422]),
        of_worker(
            Operation::post("/_aw/work/jobs/{id}/progress", "renewJob"),
            "Says how far a worker is, and keeps the job for it",
        )
        .body::<Word>(),
        of_worker(Operation::post("/_aw/work/jobs/{id}/complete", "completeJob"), "Hands in a job's result")
            .body::<Outcome>(),
        of_worker(Operation::post("/_aw/work/jobs/{id}/fail", "failJob"), "Says why an attempt came to nothing")
            .body::<Failed>(),
    ]
}
