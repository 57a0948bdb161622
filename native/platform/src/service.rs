//! One connection's requests, from hyper to the app and back.

use std::{
    any::Any,
    convert::Infallible,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use aw_drain::Rest;
use aw_platform::{
    ApiError, App, Body, Error, REQUEST_ID, Response,
    http::{self, HeaderValue, Method, StatusCode, header},
    limits, request_id, strip_hop_by_hop,
};
use http_body::Body as _;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use pin_project_lite::pin_project;
use tokio::net::TcpStream;

use crate::{body::NativeBody, emit, instance::Instance, platform::Native, seconds::Seconds, stop::Stop};

/// How long a request's head may take to arrive.
const HEAD: Duration = Duration::from_secs(15);
/// Room for a head over the portable limits, so that the app and not hyper says which limit it was.
const BUFFER: usize = 2 * limits::HEADERS;

/// How hyper reads and writes requests here. Its limit of header fields, over the portable one, is its own of 100: for
/// any other it allocates room for them at every request. Over that it answers 431 without us.
pub(crate) fn protocol(timer: Seconds) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(timer).header_read_timeout(HEAD).max_buf_size(BUFFER);
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
    let service = service_fn(|request| answer(&*app, &platform, request));
    let mut connection = pin!(protocol.serve_connection(TokioIo::new(socket), service));
    // The peer went away or broke the protocol, and hyper has answered what could be answered; or the thread stops.
    if stop.or(connection.as_mut()).await.is_none() {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

/// What `app` answers. No asynchronous function, which would move the request and the handler's future once more.
fn answer<'a, A: App<Native>>(
    app: &'a A,
    platform: &'a Native,
    request: http::Request<Incoming>,
) -> impl Future<Output = Result<http::Response<Body<NativeBody>>, Infallible>> {
    let (coding, head) = (Coding::of(&request), *request.method() == Method::HEAD);
    // To compare the few names that there are costs less than to look for this one.
    let id = request.headers().iter().find(|(name, _)| *name == REQUEST_ID).map(|(_, id)| id.clone());
    let (parts, body) = request.into_parts();
    let (body, rest) = NativeBody::request(body, &parts.headers);
    let handler = app.handle(platform, http::Request::from_parts(parts, body));
    Answer { head, coding, rest, id, platform, handler }
}

pin_project! {
    /// An answer under way.
    struct Answer<'a, H> {
        head: bool,
        coding: Coding,
        rest: Rest,
        // For the record of a panic: the request is the handler's.
        id: Option<HeaderValue>,
        platform: &'a Native,
        #[pin]
        handler: H,
    }
}

impl<H: Future<Output = Response<Native>>> Future for Answer<'_, H> {
    type Output = Result<http::Response<Body<NativeBody>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = if *this.coding == Coding::Unknown {
            unknown_coding(this.platform, this.id.as_ref())
        } else {
            // What a panic leaves behind is the request's own; the app's state is behind a shared reference.
            match catch_unwind(AssertUnwindSafe(|| this.handler.poll(cx))) {
                Ok(polled) => ready!(polled),
                Err(panic) => panicked(this.platform, this.id.as_ref(), &*panic),
            }
        };
        frame(*this.head, &mut response);
        if *this.coding != Coding::None {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        } else {
            this.rest.close_unless_drained(response.headers_mut());
        }
        Poll::Ready(Ok(response))
    }
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
    fn of(request: &http::Request<Incoming>) -> Self {
        // hyper knows the length only where there is none.
        if request.body().size_hint().exact().is_some() {
            return Self::None;
        }
        let mut codings = request.headers().get_all(header::TRANSFER_ENCODING).iter();
        match (codings.next(), codings.next()) {
            (None, _) => Self::None,
            (Some(one), None) if one.as_bytes().eq_ignore_ascii_case(b"chunked") => Self::Chunked,
            _ => Self::Unknown,
        }
    }
}

fn unknown_coding(platform: &Native, id: Option<&HeaderValue>) -> Response<Native> {
    ApiError::new(501, "REQUEST_TRANSFER_CODING_UNKNOWN", "the only transfer coding known here is chunked")
        .into_response(&request_id(platform, id))
}

fn panicked(platform: &Native, id: Option<&HeaderValue>, panic: &(dyn Any + Send)) -> Response<Native> {
    let what = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let id = request_id(platform, id);
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
        *response.body_mut() = Body::Empty;
    }
}
