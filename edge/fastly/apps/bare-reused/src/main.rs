//! Fastly deployable: hello on Fastly's own SDK, which keeps the program for the next request as the platform does,
//! what the platform is measured against.

use fastly::{Request, Response, http::serve::Serve};

fn main() -> Result<(), fastly::Error> {
    let hello = |_: Request| Response::from_body("hello").with_header("content-type", "text/plain");
    Serve::new().run(hello).into_result().map_err(Into::into)
}
