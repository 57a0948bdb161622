//! A program as one writes it with Fastly's SDK, instances kept from one request to the next as ours are.

use std::time::Duration;

use fastly::{Request, Response, http::serve::Serve};

fn main() {
    let answer = |_: Request| Response::from_body("hello").with_header("content-type", "text/plain");
    let served = Serve::new().with_timeout(Duration::from_secs(1)).run(answer);
    // The host ends the session when it likes.
    let _ = served.into_result();
}
