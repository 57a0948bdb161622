//! Outbound HTTP by workerd's `fetch`.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use aw_platform::{Backend, Body, Error, FetchOptions, Request, Response, Result};

use crate::{Cloudflare, abi, body, body::WorkerBody, head, kv::size, op::Op};

/// A fetch under way; dropping it aborts it.
pub struct Pending(State);

enum State {
    Asked(Op),
    /// It could not even be sent.
    Refused(Option<Error>),
}

/// Sends `request` now.
pub(crate) fn start(backend: Backend, request: Request<Cloudflare>, options: FetchOptions) -> Pending {
    let (parts, body) = request.into_parts();
    let Some(target) = parts.uri.path_and_query() else {
        return Pending(State::Refused(Some(Error::internal("a fetch needs a path"))));
    };
    let mut head = String::with_capacity(512);
    head.push_str(parts.method.as_str());
    head.push('\n');
    head.push_str(target.as_str());
    head.push('\n');
    head::write(&mut head, &parts.headers);
    let first_byte = options.first_byte.as_secs_f64() * 1000.0;
    let mut asked = None;
    body::send(body, |out| asked = Some(Op::start(|op| abi::fetch(op, backend.0, &head, out, first_byte))));
    Pending(asked.map_or_else(|| State::Refused(None), State::Asked))
}

impl Future for Pending {
    type Output = Result<Response<Cloudflare>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let op = match &mut self.0 {
            State::Asked(op) => op,
            State::Refused(why) => {
                return Poll::Ready(Err(why.take().unwrap_or_else(|| Error::internal("polled after its end"))));
            }
        };
        let Poll::Ready(reply) = op.poll_reply(cx) else { return Poll::Pending };
        let reply = match reply.found() {
            Ok(Some(reply)) => reply,
            Ok(None) => return Poll::Ready(Err(Error::internal("a fetch without a response"))),
            Err(error) => return Poll::Ready(Err(error)),
        };
        // A body without a number has no bytes: HEAD, 204, 304.
        let held = (reply.body != 0).then(|| WorkerBody::new(reply.body, None));
        Poll::Ready(head::response(reply.bytes).map(|parts| {
            let body = held.map_or(Body::Empty, |held| {
                let length = parts.headers.get(http::header::CONTENT_LENGTH);
                Body::Native(WorkerBody::new(held.release(), length.and_then(|n| size(n.as_bytes()))))
            });
            Response::<Cloudflare>::from_parts(parts, body)
        }))
    }
}
