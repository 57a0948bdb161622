//! "I refuse an upload, and the client's next request on the connection fails."
//!
//! A handler may answer before it has read the request's body: who asks is not signed in, the name is taken. hyper then
//! closes the connection behind its answer, without a word in it, unless what is left of the body has come already. A
//! client that sends the next request meanwhile loses it, and one that still sends the body may lose the answer. As
//! other servers do (Go's `net/http`, nginx's `lingering_close`), what a handler leaves of a [`Body`] is read and thrown
//! away, and where that would be too much, the answer says that the connection ends (RFC 9112, section 9.6).
//!
//! ```
//! use std::convert::Infallible;
//! use hyper::{Request, Response, StatusCode, body::Incoming, server::conn::http1, service::service_fn};
//!
//! let service = service_fn(|request: Request<Incoming>| async {
//!     let (request, rest) = aw_drain::request(request);
//!     drop(request); // It is refused without a look at its body.
//!     let mut response = Response::new(String::new());
//!     *response.status_mut() = StatusCode::FORBIDDEN;
//!     rest.close_unless_drained(response.headers_mut());
//!     Ok::<_, Infallible>(response)
//! });
//! # let _ = |io: hyper_util::rt::TokioIo<tokio::net::TcpStream>| http1::Builder::new().serve_connection(io, service);
//! ```

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Request,
    header::{CONNECTION, EXPECT},
};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::runtime::Handle;

/// The longest body, in bytes, that is worth reading only to keep its connection.
pub const LONGEST: u64 = 1 << 20;

/// How long the rest of a body may take to arrive. A longer one than [`LONGEST`] is read for this long, too, so that its
/// sender comes to read the answer before the connection is reset.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// A request's body. What is left of it when it is dropped is read and thrown away, by a task of its own, for at most
/// [`PATIENCE`].
#[derive(Debug)]
pub struct Body {
    // None once it has ended or failed.
    body: Option<Incoming>,
    /// The client waits for a word before it sends anything, and none has been said.
    awaited: bool,
    ended: Option<Arc<AtomicBool>>,
}

/// What a response has to know about its request's body.
#[derive(Debug)]
pub struct Rest(Option<Arc<AtomicBool>>);

/// The request with a body that is drained, and the word that its response is to ask.
pub fn request(request: Request<Incoming>) -> (Request<Body>, Rest) {
    let (head, body) = request.into_parts();
    let (body, rest) = Body::new(body, &head.headers);
    (Request::from_parts(head, body), rest)
}

impl Body {
    /// The body of a request with these header fields, and the word that its response is to ask.
    pub fn new(body: Incoming, headers: &HeaderMap) -> (Self, Rest) {
        if body.is_end_stream() {
            return (Self { body: None, awaited: false, ended: None }, Rest::none());
        }
        let short = body.size_hint().exact().is_some_and(|length| length <= LONGEST);
        // hyper says 100 (Continue) when the body is first asked for. What else may be expected, nobody has defined.
        let awaited = headers.contains_key(EXPECT);
        let ended = (!short || awaited).then(Arc::default);
        (Self { body: Some(body), awaited, ended: ended.clone() }, Rest(ended))
    }

    fn end(&mut self) {
        self.body = None;
        if let Some(ended) = &self.ended {
            ended.store(true, Ordering::Relaxed);
        }
    }
}

impl Rest {
    /// That of a request without a body.
    pub const fn none() -> Self {
        Self(None)
    }

    /// Says `Connection: close` in a response with these header fields that begins now, if the request's body has not
    /// been read to its end and is not going to be: it is longer than [`LONGEST`], of unknown length, or held back by
    /// its sender (`Expect: 100-continue`).
    pub fn close_unless_drained(&self, headers: &mut HeaderMap) {
        if self.0.as_ref().is_some_and(|ended| !ended.load(Ordering::Relaxed)) {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = Pin::new(&mut *body).poll_frame(cx);
        let ended = match &polled {
            Poll::Ready(Some(Ok(_))) => body.is_end_stream(),
            Poll::Ready(_) => true,
            Poll::Pending => false,
        };
        self.awaited = false;
        if ended {
            self.end();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let Some(mut body) = self.body.take() else { return };
        // A client that was not asked for its body may keep it: nothing that it sends next may be taken for that.
        if self.awaited {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let all = async { while let Some(Ok(_)) = body.frame().await {} };
                let _ = tokio::time::timeout(PATIENCE, all).await;
            });
        }
    }
}
