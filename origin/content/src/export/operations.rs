//! The routes, described.

use aw_model::EPUB;
use aw_openapi::Operation;
use aw_origin_jobs::Job;

use super::pdf::Print;
use crate::operations::of_book;

/// The routes of exports.
pub(crate) fn operations() -> Vec<Operation> {
    let about = "A draft as it is now, as EPUB 3.3; the same revision gives the same bytes";
    let epub = of_book(Operation::get("/v1/books/{book}/exports/epub", "exportBookAsEpub"), "viewer", about)
        .header::<String>("If-None-Match", false, "The ETag of a file that is there already")
        .answers_bytes(200, EPUB)
        .with_header("ETag", "The file's SHA-256")
        .with_header("Content-Disposition", "attachment, with a name made of the book's slug")
        .answers_nothing(304)
        .refuses(&[413, 422]);
    let about = "Asks for a draft as a PDF for print: a job, which has the file when it is done";
    let pdf = of_book(Operation::post("/v1/books/{book}/exports/pdf", "exportBookAsPdf"), "viewer", about)
        .idempotent()
        .body_optional::<Print>()
        .answers::<Job>(202)
        .with_header("Retry-After", "When to look at the job again, in seconds")
        .refuses(&[422, 429]);
    vec![epub, pdf]
}
