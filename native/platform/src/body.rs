//! Bodies on their way through hyper, without copies.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use aw_drain::Rest;
use aw_platform::{Body, Error, Result, http::HeaderMap};
use bytes::Bytes;
use http_body::Body as _;
use hyper::body::Incoming;

/// A body that arrives on a socket, or that a store holds.
#[derive(Debug)]
pub struct NativeBody(Source);

#[derive(Debug)]
enum Source {
    Request(aw_drain::Body),
    Response(Incoming),
    Stored(Bytes),
}

impl NativeBody {
    /// A request's body as hyper reads it and as the app sees it: no body at all is [`Body::Empty`].
    pub(crate) fn request(body: Incoming, headers: &HeaderMap) -> (Body<Self>, Rest) {
        if body.is_end_stream() {
            return (Body::Empty, Rest::none());
        }
        let (body, rest) = aw_drain::Body::new(body, headers);
        (Body::Native(Self(Source::Request(body))), rest)
    }

    /// A fetched response's.
    pub(crate) fn response(body: Incoming) -> Body<Self> {
        if body.is_end_stream() { Body::Empty } else { Body::Native(Self(Source::Response(body))) }
    }

    pub(crate) fn stored(bytes: Bytes) -> Self {
        Self(Source::Stored(bytes))
    }
}

impl aw_platform::NativeBody for NativeBody {
    fn size_hint(&self) -> Option<u64> {
        match &self.0 {
            Source::Request(body) => body.size_hint().exact(),
            Source::Response(body) => body.size_hint().exact(),
            Source::Stored(bytes) => Some(bytes.len() as u64),
        }
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        loop {
            let polled = match &mut self.0 {
                Source::Request(body) => Pin::new(body).poll_frame(cx),
                Source::Response(body) => Pin::new(body).poll_frame(cx),
                Source::Stored(bytes) => {
                    let bytes = std::mem::take(bytes);
                    return Poll::Ready((!bytes.is_empty()).then_some(Ok(bytes)));
                }
            };
            let frame = match std::task::ready!(polled) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(Error::upstream(format!("body: {error}"))))),
                Some(Ok(frame)) => frame,
            };
            // Trailers end here: no other platform has them.
            match frame.into_data() {
                Ok(data) if !data.is_empty() => return Poll::Ready(Some(Ok(data))),
                _ => {}
            }
        }
    }
}
