//! From one request to the next.

use aw_platform::{ApiError, App, Body, Error, Request, Response, limits};
use http::{Method, header};

use crate::{
    Fastly, abi,
    abi::Status,
    body::{FastlyBody, pump},
    emit, executor, head, panic, respond, select,
};

/// How long the program waits for another request. The host may end it before; the wait is billed as memory in use.
const PATIENCE_MS: u64 = 1_000;
/// A program that has grown to so many bytes is not used again: half of what Fastly allows.
const GROWN: usize = 64 << 20;

/// Serves the request for which the host started the program, and then those that it gives on top.
pub fn serve<A: App<Fastly>>() {
    abi::init();
    panic::install();
    let mut app = None;
    let mut next = abi::first_request().ok();
    while let Some((request, body)) = next {
        if !one::<A>(&mut app, Fastly::new(request), body) || select::abandoned() || grown() {
            break;
        }
        next = abi::next_request(PATIENCE_MS);
    }
}

fn grown() -> bool {
    #[cfg(target_arch = "wasm32")]
    let size = core::arch::wasm32::memory_size::<0>() * 65_536;
    #[cfg(not(target_arch = "wasm32"))]
    let size = 0;
    size >= GROWN
}

/// Serves one request; whether the program may serve another one.
fn one<A: App<Fastly>>(app: &mut Option<A>, platform: Fastly, body: abi::Body) -> bool {
    panic::serving(&platform);
    let mut head = false;
    let answer = executor::block_on(answer(app, &platform, body, &mut head));
    let stuck = answer.is_none();
    let response = answer.unwrap_or_else(|| failed(&platform, "stuck", Error::internal("it waits for nothing")));
    let sent = respond::send(head, response).or_else(|status| {
        // A status that may not be sent (1xx), or a head that is over Fastly's limits.
        let why = Error::internal(format!("the host does not send the response: {status:?}"));
        respond::send(head, failed(&platform, "response-refused", why))
    });
    panic::answered();
    if let Ok(Some((stream, to))) = sent {
        executor::block_on(pump(stream, to));
    }
    executor::drain();
    app.is_some() && !stuck
}

async fn answer<A: App<Fastly>>(
    app: &mut Option<A>,
    platform: &Fastly,
    body: abi::Body,
    head: &mut bool,
) -> Response<Fastly> {
    let parts = match head::request(platform.request()) {
        Ok(parts) => parts,
        Err(status) => return refused(status).into_response(&panic::id(platform)),
    };
    *head = parts.method == Method::HEAD;
    let body = match head::length(&parts.headers) {
        Some(0) => Body::Empty,
        None if matches!(parts.method, Method::GET | Method::HEAD) && !chunked(&parts) => Body::Empty,
        length => Body::Native(FastlyBody::new(body, length)),
    };
    let request = Request::<Fastly>::from_parts(parts, body);
    // Fastly's own limits are wider. How long a body may be is the app's to say.
    if let Err(error) = limits::check(&request, u64::MAX) {
        return error.into_response(&panic::id(platform));
    }
    let app = match app {
        Some(app) => app,
        None => match A::build(platform).await {
            Ok(built) => app.insert(built),
            Err(error) => return failed(platform, "build-failed", error),
        },
    };
    app.handle(platform, request).await
}

fn chunked(parts: &http::request::Parts) -> bool {
    parts.headers.contains_key(header::TRANSFER_ENCODING)
}

fn refused(status: Status) -> ApiError {
    match status {
        Status::BUFLEN | Status::HTTPHEADTOOLARGE => {
            ApiError::new(431, "REQUEST_HEADERS_TOO_LARGE", "the request's head is too large")
        }
        _ => ApiError::bad_request("REQUEST_INVALID", "the request's head is not HTTP"),
    }
}

fn failed(platform: &Fastly, event: &str, error: Error) -> Response<Fastly> {
    let id = panic::id(platform);
    emit::event(event, &id, &error.to_string());
    ApiError::from(error).into_response(&id)
}
