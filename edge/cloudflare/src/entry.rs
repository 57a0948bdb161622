//! From a request's head to its response.

use std::{
    cell::{OnceCell, RefCell},
    future::poll_fn,
    task::{Poll, Waker},
};

use aw_platform::{ApiError, App, Body, Platform, Request, Response, Result};
use bytes::Bytes;
use http::{Method, header};

use crate::{
    Cloudflare, WorkerBody,
    abi::{self, Out},
    body, head,
    kv::size,
    shape, task,
};

/// JavaScript's number for the body of the request that is being started.
const REQUEST_BODY: u32 = 1;

/// What is kept between requests: the app, once somebody has built it.
pub struct Instance<A>(OnceCell<A>);

thread_local! {
    /// Those who wait while somebody builds the app; `None` where nobody does.
    static BUILDING: RefCell<Option<Vec<Waker>>> = const { RefCell::new(None) };
}

/// Lets those who wait look again, on every path out of building, its cancellation included.
struct Builder;

impl Drop for Builder {
    fn drop(&mut self) {
        abandon();
    }
}

/// Nobody builds the app any more: those who wait look again.
pub(crate) fn abandon() {
    BUILDING.take().into_iter().flatten().for_each(Waker::wake);
}

impl<A: App<Cloudflare>> Instance<A> {
    /// An instance without its app.
    #[expect(clippy::new_without_default, reason = "a const fn, for main! alone")]
    pub const fn new() -> Self {
        Self(OnceCell::new())
    }

    /// The app, built by the first that asks; those who ask meanwhile wait.
    async fn app(&self, platform: &Cloudflare) -> Result<&A> {
        poll_fn(|cx| {
            match BUILDING.with_borrow_mut(|building| building.as_mut().map(|w| w.push(cx.waker().clone()))) {
                Some(()) => Poll::Pending,
                None => Poll::Ready(()),
            }
        })
        .await;
        if let Some(app) = self.0.get() {
            return Ok(app);
        }
        BUILDING.set(Some(Vec::new()));
        let _builder = Builder;
        let app = A::build(platform).await?;
        // Another one may have been faster where the first builder's request panicked.
        Ok(self.0.get_or_init(|| app))
    }

    async fn answer(&self, head: Bytes) -> Response<Cloudflare> {
        let platform = Cloudflare::new();
        let parts = match head::request(head) {
            Ok(parts) => parts,
            Err(why) => {
                let id = aw_platform::request_id(&platform, None);
                return ApiError::bad_request("REQUEST_INVALID", why).into_response(&id);
            }
        };
        let app = match self.app(&platform).await {
            Ok(app) => app,
            Err(error) => {
                let id = aw_platform::request_id(&platform, parts.headers.get(aw_platform::REQUEST_ID));
                // Written by hand: serde_json's tree would be tens of kilobytes that nothing else here needs.
                let text = |s: &str| serde_json::to_string(s).unwrap_or_default();
                let (why, id_text) = (text(&error.to_string()), text(&id));
                let record =
                    format!(r#"{{"level":"error","event":"build-failed","message":{why},"requestId":{id_text}}}"#);
                platform.emit(record.as_bytes());
                return ApiError::from(error).into_response(&id);
            }
        };
        let body = request_body(&parts);
        app.handle(&platform, Request::<Cloudflare>::from_parts(parts, body)).await
    }

    /// Takes a request whose head JavaScript wrote to `ptr`: its task, which JavaScript polls.
    ///
    /// # Safety
    /// As [`abi::head`](crate::abi::head).
    #[allow(unsafe_code)] // the contract is the caller's, main!'s
    pub unsafe fn start(&'static self, ptr: *mut u8, len: usize) -> u32 {
        // SAFETY: the caller's promise.
        let head = unsafe { abi::head(ptr, len) };
        task::future(Box::pin(async move { respond(self.answer(head).await) }))
    }
}

/// The body where the head says that there is one. A GET or HEAD without a length has none, and its stream need not
/// be made.
fn request_body(parts: &http::request::Parts) -> Body<WorkerBody> {
    let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|n| size(n.as_bytes()));
    match length {
        Some(0) => Body::Empty,
        None if matches!(parts.method, Method::GET | Method::HEAD) => Body::Empty,
        length => Body::Native(WorkerBody::new(REQUEST_BODY, length)),
    }
}

/// A body of text that is no longer than this crosses with the head.
const SHORT: usize = 1024;

fn respond(response: Response<Cloudflare>) {
    let (parts, body) = response.into_parts();
    let (status, headers) = (parts.status, &parts.headers);
    if let Body::Bytes(bytes) = &body
        && bytes.len() <= SHORT
        && bytes.is_ascii()
        && headers.contains_key(header::CONTENT_TYPE)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        let answer = |shape, known, head: &str| abi::respond(shape, known, head, Out::Text(text.len()));
        return shape::cross(status, headers, text, answer);
    }
    body::send(body, |out| {
        shape::cross(status, headers, "", |shape, known, head| abi::respond(shape, known, head, out));
    });
}

/// Makes a panic one record instead of a silent trap. JavaScript adds the request's id.
pub fn note_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| abi::panicked(&info.to_string())));
    });
}
