//! From a request to its response.

use aw_platform::{ApiError, App, Body, REQUEST_ID, Request, Response, request_id};
use http::Method;
use wasi::http::types::{IncomingRequest, Method as WasiMethod, ResponseOutparam};

use crate::{
    Spin, SpinBody,
    client::Facts,
    emit, executor, head, panics,
    respond::{self, Outlet},
};

/// Answers one request with app `A`: what a component exports. Returns when the response is sent and what was given
/// to [`wait_until`](aw_platform::Platform::wait_until) is done.
pub fn handle<A: App<Spin>>(request: IncomingRequest, out: ResponseOutparam) {
    let headless = matches!(request.method(), WasiMethod::Head);
    panics::arm(Outlet { out, headless });
    executor::run(async {
        let response = answer::<A>(request).await;
        let Some(outlet) = panics::disarm() else { return };
        // A peer that has gone is told nothing; a body that breaks off is cut.
        if let Ok(Some(rest)) = respond::begin(outlet, response) {
            let _ = rest.pour().await;
        }
    });
    panics::answer("stuck", "the handler waits for something that can never happen");
}

async fn answer<A: App<Spin>>(request: IncomingRequest) -> Response<Spin> {
    let (parts, facts) = match head::request(&request) {
        Ok(read) => read,
        Err(error) => {
            let platform = Spin::new(Facts::new(None));
            return ApiError::from(error).into_response(&request_id(&platform, None));
        }
    };
    panics::name(parts.headers.get(REQUEST_ID));
    let platform = Spin::new(facts);
    let app = match A::build(&platform).await {
        Ok(app) => app,
        Err(error) => {
            let id = request_id(&platform, parts.headers.get(REQUEST_ID));
            emit::event("build-failed", &id, &error.to_string());
            return ApiError::from(error).into_response(&id);
        }
    };
    let body = request_body(&parts, request);
    app.handle(&platform, Request::<Spin>::from_parts(parts, body)).await
}

/// The body where there may be one. The host hides `Transfer-Encoding`: a body without a length is told from none by
/// asking for it, which a GET or HEAD need not do.
fn request_body(parts: &http::request::Parts, request: IncomingRequest) -> Body<SpinBody> {
    let length = head::length(&parts.headers);
    if length == Some(0) || (length.is_none() && matches!(parts.method, Method::GET | Method::HEAD)) {
        return Body::Empty;
    }
    let mut body = SpinBody::request(request, length);
    if length.is_none() && body.is_over() { Body::Empty } else { Body::Native(body) }
}
