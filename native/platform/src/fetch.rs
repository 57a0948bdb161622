//! Outbound HTTP/1.1.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use aw_platform::{
    Backend, Body, Error, FetchOptions, Request, Response, Result,
    http::{self, Method, header},
    strip_hop_by_hop,
};
use hyper::{body::Incoming, client::conn::http1::SendRequest};
use tokio::task::JoinHandle;

use crate::{body::NativeBody, instance::Instance, platform::Native, pool::Pool};

/// A fetch under way. Dropping it cancels the fetch: its connection is closed.
pub struct Pending(JoinHandle<Result<Response<Native>>>);

impl Pending {
    pub(crate) fn start(
        instance: Rc<Instance>,
        backend: Backend,
        request: Request<Native>,
        options: FetchOptions,
    ) -> Self {
        Self(tokio::task::spawn_local(async move {
            let pool = instance.pools.get(backend, request.uri())?;
            tokio::time::timeout(options.first_byte, send(pool, request)).await.unwrap_or(Err(Error::Timeout))
        }))
    }
}

impl Future for Pending {
    type Output = Result<Response<Native>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let ended = std::task::ready!(Pin::new(&mut self.0).poll(cx));
        Poll::Ready(ended.unwrap_or_else(|e| Err(Error::internal(format!("fetch: {e}")))))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A copy of a request that may be sent twice: it changes nothing and has no body.
fn repeatable(request: &Request<Native>) -> Option<Request<Native>> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD) && matches!(request.body(), Body::Empty);
    safe.then(|| {
        let mut copy = http::Request::new(Body::Empty);
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.headers_mut() = request.headers().clone();
        copy
    })
}

async fn send(pool: Rc<Pool>, mut request: Request<Native>) -> Result<Response<Native>> {
    let target = request.uri().path_and_query().cloned();
    *request.uri_mut() = target.map_or_else(|| http::Uri::from_static("/"), http::Uri::from);
    *request.version_mut() = http::Version::HTTP_11;
    let size = request.body().size_hint();
    let headers = request.headers_mut();
    strip_hop_by_hop(headers);
    // hyper writes the length from the body; a body that was replaced must not keep the old one's.
    if size.is_some() {
        headers.remove(header::CONTENT_LENGTH);
    }
    if !headers.contains_key(header::HOST) {
        headers.insert(header::HOST, pool.target.authority.clone());
    }
    // A kept connection may have been closed by the server just now. What was not sent is sent on a new one; so is
    // what may be sent twice.
    while let Some(mut sender) = pool.reuse() {
        let again = repeatable(&request);
        match sender.try_send_request(request).await {
            Ok(response) => return Ok(received(pool, sender, response)),
            Err(mut failure) => match (failure.take_message(), again) {
                (Some(unsent), _) => request = unsent,
                (None, Some(copy)) => request = copy,
                (None, None) => return Err(broken(&pool, &failure.into_error())),
            },
        }
    }
    let mut sender = pool.connect().await?;
    match sender.send_request(request).await {
        Ok(response) => Ok(received(pool, sender, response)),
        Err(error) => Err(broken(&pool, &error)),
    }
}

fn received(
    pool: Rc<Pool>,
    sender: SendRequest<Body<NativeBody>>,
    response: http::Response<Incoming>,
) -> Response<Native> {
    pool.keep(sender);
    let mut response = response.map(NativeBody::response);
    strip_hop_by_hop(response.headers_mut());
    response
}

fn broken(pool: &Pool, error: &hyper::Error) -> Error {
    Error::upstream(format!("{}: {error}", pool.target.authority.to_str().unwrap_or_default()))
}
