//! One connection's requests, from hyper to the app and back.

use std::{convert::Infallible, net::SocketAddr, panic::AssertUnwindSafe, pin::pin, rc::Rc, time::Duration};

use aw_platform::{
    ApiError, App, Error, Response,
    http::{self, HeaderName, HeaderValue, Method, StatusCode, header},
    limits, request_id,
};
use futures_util::FutureExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;

use crate::{
    body::{NativeBody, Outgoing},
    emit,
    fetch::strip_hop_by_hop,
    instance::Instance,
    platform::Native,
    stop::Stop,
};

/// How long a request's head may take to arrive.
const HEAD: Duration = Duration::from_secs(15);
/// Room for a head over the portable limits, so that the app and not hyper says which limit it was.
const BUFFER: usize = 2 * limits::HEADERS;
/// hyper's own limit of header fields, over the portable one for the same reason.
const FIELDS: usize = 2 * limits::HEADER_COUNT;

/// The field that names a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How hyper reads and writes requests here.
pub(crate) fn protocol() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(BUFFER).max_headers(FIELDS);
    builder
}

/// Serves `socket` until either side closes it, or `stop` says that the request under way is the last.
pub(crate) async fn connection<A: App<Native>>(
    protocol: http1::Builder,
    instance: Rc<Instance>,
    app: Rc<A>,
    socket: TcpStream,
    peer: SocketAddr,
    stop: Rc<Stop>,
) {
    let platform = Native { instance, peer: Some(peer.ip()) };
    let service = service_fn(|request| handle(&*app, &platform, request));
    let mut connection = pin!(protocol.serve_connection(TokioIo::new(socket), service));
    // The peer went away or broke the protocol, and hyper has answered what could be answered; or the thread stops.
    if stop.or(connection.as_mut()).await.is_none() {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

async fn handle<A: App<Native>>(
    app: &A,
    platform: &Native,
    request: http::Request<Incoming>,
) -> Result<http::Response<Outgoing>, Infallible> {
    let head = *request.method() == Method::HEAD;
    let (id, coding) = (request.headers().get(REQUEST_ID).cloned(), Coding::of(request.headers()));
    let mut response = if coding == Coding::Unknown {
        ApiError::new(501, "REQUEST_TRANSFER_CODING_UNKNOWN", "the only transfer coding known here is chunked")
            .into_response(&request_id(platform, request.headers()))
    } else {
        let request = request.map(NativeBody::incoming);
        // What a panic leaves behind is the request's own; the app's state is behind a shared reference.
        let answer = AssertUnwindSafe(app.handle(platform, request)).catch_unwind().await;
        answer.unwrap_or_else(|panic| panicked(platform, id, &*panic))
    };
    frame(head, &mut response);
    if coding != Coding::None {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response.map(Outgoing))
}

/// What a request's `Transfer-Encoding` says. After a request that has one the connection ends: hyper hides a
/// `Content-Length` beside it, and who sends both may have something else in mind (RFC 9112, section 6.1).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    None,
    Chunked,
    Unknown,
}

impl Coding {
    fn of(headers: &http::HeaderMap) -> Self {
        let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
        match (codings.next(), codings.next()) {
            (None, _) => Self::None,
            (Some(one), None) if one.as_bytes().eq_ignore_ascii_case(b"chunked") => Self::Chunked,
            _ => Self::Unknown,
        }
    }
}

fn panicked(platform: &Native, id: Option<HeaderValue>, panic: &(dyn std::any::Any + Send)) -> Response<Native> {
    let what = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let mut headers = http::HeaderMap::new();
    if let Some(id) = id {
        headers.insert(REQUEST_ID, id);
    }
    let id = request_id(platform, &headers);
    let line = serde_json::json!({ "level": "error", "event": "panic", "requestId": id, "detail": what });
    emit::emit(line.to_string().as_bytes());
    ApiError::from(Error::internal("panic")).into_response(&id)
}

/// Makes the head agree with the body that follows it.
fn frame(head: bool, response: &mut Response<Native>) {
    let size = response.body().size_hint();
    let status = response.status();
    let bodiless = head || status == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    strip_hop_by_hop(headers);
    match size {
        // The length is that of the body which a GET would get.
        Some(0) if bodiless => {}
        Some(size) if bodiless => {
            headers.insert(header::CONTENT_LENGTH, size.into());
        }
        // hyper writes the length from the body; a body that was replaced must not keep the old one's.
        Some(_) if headers.keys().any(|name| name == header::CONTENT_LENGTH) => {
            headers.remove(header::CONTENT_LENGTH);
        }
        _ => {}
    }
    if bodiless || status == StatusCode::NO_CONTENT {
        *response.body_mut() = aw_platform::Body::Empty;
    }
}
