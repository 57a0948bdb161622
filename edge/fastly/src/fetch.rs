//! Outbound HTTP by the host's `send_async`.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use aw_platform::{Backend, Body, Error, FetchOptions, Request, Response, Result, strip_hop_by_hop};
use fastly_sys::fastly_http_req::SendErrorDetailTag as Detail;
use futures_util::{
    FutureExt,
    future::{AbortHandle, abortable},
};
use http::{Method, StatusCode, header, uri::Authority};

use crate::{
    Fastly,
    abi::{self, NewRequest, Sent, Status},
    body::{FastlyBody, pump},
    executor, head,
    select::{self, Ready, Sleep},
};

/// A fetch under way. Dropping it frees who waits; the host has no call that takes a request back, so that the other
/// side notices only where the request's body is still being sent (it is cut off) or the program has ended.
pub struct Pending(State);

enum State {
    Sent(Box<Flight>),
    /// It could not even be sent, or is over.
    Over(Option<Error>),
}

struct Flight {
    ready: Ready,
    sent: Sent,
    patience: Sleep,
    backend: Backend,
    head: bool,
    /// The body's way up, where it is a stream. It goes on when the response is there before the end of the request.
    upload: Option<AbortHandle>,
}

/// Sends `request` now.
pub(crate) fn start(backend: Backend, request: Request<Fastly>, options: FetchOptions) -> Pending {
    let head = *request.method() == Method::HEAD;
    Pending(match send(backend, request) {
        Ok((sent, upload)) => State::Sent(Box::new(Flight {
            ready: Ready::new(sent.item()),
            sent,
            patience: Sleep::from_now(options.first_byte),
            backend,
            head,
            upload,
        })),
        Err(error) => State::Over(Some(error)),
    })
}

fn send(backend: Backend, request: Request<Fastly>) -> Result<(Sent, Option<AbortHandle>)> {
    let (mut parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let authority = match parts.headers.get(header::HOST) {
        // The host is given the name twice, and may not survive one that is none.
        Some(host) => Authority::try_from(host.as_bytes())
            .ok()
            .filter(|a| !a.as_str().contains('@'))
            .ok_or_else(|| Error::internal("the Host of a fetch is no authority"))?
            .to_string(),
        None => abi::backend_host(backend.0).ok_or_else(|| missing(backend))?,
    };
    // `*` and a lone query are targets too.
    let slash = if target.starts_with('/') { "" } else { "/" };
    let url = format!("http://{authority}{slash}{target}");
    strip_hop_by_hop(&mut parts.headers);
    // The host writes the length from the body.
    parts.headers.remove(header::CONTENT_LENGTH);
    let refused = |status| match abi::backend_exists(backend.0) {
        true => Error::upstream(format!("{}: the host does not send it: {status:?}", backend.0)),
        false => missing(backend),
    };
    let new = NewRequest::new(&parts.method, &url).map_err(refused)?;
    for (name, value) in &parts.headers {
        new.append(name, value).map_err(refused)?;
    }
    let body = match body {
        Body::Empty => abi::Body::empty(),
        Body::Bytes(bytes) => abi::Body::of_bytes(&bytes),
        Body::Native(body) => Ok(body.release()),
        Body::Stream(stream) => {
            let (sent, to) =
                abi::Body::empty().and_then(|body| new.send_streaming(body, backend.0)).map_err(refused)?;
            let (upload, abort) = abortable(pump(stream, to));
            executor::spawn(upload.map(|_| ()));
            return Ok((sent, Some(abort)));
        }
    };
    let sent = body.and_then(|body| new.send(body, backend.0)).map_err(refused)?;
    Ok((sent, None))
}

fn missing(backend: Backend) -> Error {
    Error::Missing(format!("the backend {}", backend.0).into())
}

impl Flight {
    /// Takes the response, which is there.
    fn land(&self) -> Result<Response<Fastly>> {
        let (response, body) = self.sent.response().map_err(|(detail, status)| self.failed(detail, status))?;
        let parts = head::response(&response)?;
        let length = head::length(&parts.headers);
        let bare = self.head || matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let body = match length {
            _ if bare => Body::Empty,
            Some(0) => Body::Empty,
            length => Body::Native(FastlyBody::new(body, length)),
        };
        Ok(Response::<Fastly>::from_parts(parts, body))
    }

    fn failed(&self, detail: Detail, status: Status) -> Error {
        match detail {
            Detail::DnsTimeout | Detail::ConnectionTimeout | Detail::HttpResponseTimeout => Error::Timeout,
            // The host does not tell.
            Detail::Uninitialized | Detail::Ok => Error::upstream(format!("{}: {status:?}", self.backend.0)),
            detail => Error::upstream(format!("{}: {detail:?}", self.backend.0)),
        }
    }

    /// Gives it up.
    fn leave(self) {
        if let Some(upload) = &self.upload {
            upload.abort();
        }
        select::abandon();
    }
}

impl Future for Pending {
    type Output = Result<Response<Fastly>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let flight = match &mut self.0 {
            State::Sent(flight) => flight,
            State::Over(why) => {
                return Poll::Ready(Err(why.take().unwrap_or_else(|| Error::internal("polled after its end"))));
            }
        };
        if flight.ready.poll_ready(cx).is_ready() {
            let landed = flight.land();
            self.0 = State::Over(None);
            return Poll::Ready(landed);
        }
        if Pin::new(&mut flight.patience).poll(cx).is_ready() {
            if let State::Sent(flight) = std::mem::replace(&mut self.0, State::Over(None)) {
                flight.leave();
            }
            return Poll::Ready(Err(Error::Timeout));
        }
        Poll::Pending
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let State::Sent(flight) = std::mem::replace(&mut self.0, State::Over(None)) {
            flight.leave();
        }
    }
}
