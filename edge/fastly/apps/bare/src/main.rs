//! Fastly deployable: hello on Fastly's own SDK, as its documentation writes it, what the platform is measured
//! against.

use fastly::{Request, Response};

#[fastly::main]
fn main(_: Request) -> Result<Response, fastly::Error> {
    Ok(Response::from_body("hello").with_header("content-type", "text/plain"))
}
