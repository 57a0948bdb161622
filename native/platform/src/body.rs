//! Bodies on their way through hyper, without copies.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use aw_platform::{Body, Error, Result};
use bytes::Bytes;
use http_body::Body as _;
use hyper::body::Incoming;

/// A body that arrives on a socket, or that a store holds.
#[derive(Debug)]
pub struct NativeBody(Source);

#[derive(Debug)]
enum Source {
    Socket(Incoming),
    Stored(Bytes),
}

impl NativeBody {
    /// What hyper read, as the app sees it: no body at all is [`Body::Empty`].
    pub(crate) fn incoming(body: Incoming) -> Body<Self> {
        if body.is_end_stream() { Body::Empty } else { Body::Native(Self(Source::Socket(body))) }
    }

    pub(crate) fn stored(bytes: Bytes) -> Self {
        Self(Source::Stored(bytes))
    }
}

impl aw_platform::NativeBody for NativeBody {
    fn size_hint(&self) -> Option<u64> {
        match &self.0 {
            Source::Socket(body) => body.size_hint().exact(),
            Source::Stored(bytes) => Some(bytes.len() as u64),
        }
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let body = match &mut self.0 {
            Source::Socket(body) => body,
            Source::Stored(bytes) => {
                let bytes = std::mem::take(bytes);
                return Poll::Ready((!bytes.is_empty()).then_some(Ok(bytes)));
            }
        };
        loop {
            let frame = match std::task::ready!(Pin::new(&mut *body).poll_frame(cx)) {
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
