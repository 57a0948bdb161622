//! Bodies that the host holds: a request's, a fetch's.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use aw_platform::{Error, NativeBody, Result};
use bytes::Bytes;
use wasi::{
    http::types::{IncomingBody, IncomingRequest, IncomingResponse},
    io::streams::{InputStream, StreamError},
};

use crate::{executor::Attached, reactor::Wait};

/// The most that is read into guest memory at once.
const CHUNK: u64 = 65_536;

/// A stream in the host. Passed on, it never enters guest memory. Dropped unread, it is cancelled.
pub struct SpinBody {
    // In the order in which they have to be dropped: children first.
    wait: Option<Wait>,
    state: State,
    size: Option<u64>,
    /// What is still being sent of the request that this is the answer to.
    upload: Option<Attached>,
}

enum State {
    Request(IncomingRequest),
    Response(IncomingResponse),
    Open(Source),
    /// It broke off, for this reason, which nobody has been told yet.
    Failed(String),
    Ended,
}

/// The stream is the body's child.
struct Source {
    stream: InputStream,
    _body: IncomingBody,
}

impl SpinBody {
    /// The body of a request; `size` where its head tells.
    pub(crate) fn request(request: IncomingRequest, size: Option<u64>) -> Self {
        Self { wait: None, state: State::Request(request), size, upload: None }
    }

    /// The body of a response, to a request of which `upload` is still being sent.
    pub(crate) fn response(response: IncomingResponse, size: Option<u64>, upload: Option<Attached>) -> Self {
        Self { wait: None, state: State::Response(response), size, upload }
    }

    /// The host's stream, opened if need be; `None` at its end.
    pub(crate) fn stream(&mut self) -> Option<&InputStream> {
        let body = match &self.state {
            State::Request(request) => request.consume(),
            State::Response(response) => response.consume(),
            State::Open(_) | State::Failed(_) | State::Ended => Err(()),
        };
        if let Ok(body) = body {
            self.state = match body.stream() {
                Ok(stream) => State::Open(Source { stream, _body: body }),
                Err(()) => State::Ended,
            };
        }
        match &self.state {
            State::Open(source) => Some(&source.stream),
            _ => None,
        }
    }

    /// Whether the host knows already that there is nothing more.
    pub(crate) fn is_over(&mut self) -> bool {
        // Nothing is read, but an error is told here and not again.
        match self.stream().map(|stream| stream.read(0)) {
            None | Some(Err(StreamError::Closed)) => true,
            Some(Err(StreamError::LastOperationFailed(why))) => {
                self.end_with(State::Failed(why.to_debug_string()));
                false
            }
            Some(Ok(_)) => false,
        }
    }

    /// Why it broke off, where it has and nobody knows.
    pub(crate) fn take_failure(&mut self) -> Option<Error> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Failed(why) => Some(Error::upstream(why)),
            state => {
                self.state = state;
                None
            }
        }
    }

    /// Resolves when there is more to read.
    pub(crate) fn poll_readable(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.wait.is_none() {
            let pollable = self.stream().map(InputStream::subscribe);
            self.wait = pollable.map(Wait::on);
        }
        if let Some(wait) = &mut self.wait {
            ready!(Pin::new(wait).poll(cx));
            self.wait = None;
        }
        Poll::Ready(())
    }

    /// Notes that there is nothing more.
    pub(crate) fn end(&mut self) {
        self.end_with(State::Ended);
    }

    /// The children first.
    fn end_with(&mut self, state: State) {
        self.wait = None;
        self.state = state;
        self.upload = None;
    }
}

impl NativeBody for SpinBody {
    fn size_hint(&self) -> Option<u64> {
        self.size
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        loop {
            if self.wait.is_some() {
                ready!(self.poll_readable(cx));
            }
            let Some(stream) = self.stream() else { return Poll::Ready(self.take_failure().map(Err)) };
            match stream.read(CHUNK) {
                Ok(chunk) if chunk.is_empty() => ready!(self.poll_readable(cx)),
                Ok(chunk) => return Poll::Ready(Some(Ok(chunk.into()))),
                Err(StreamError::Closed) => {
                    self.end();
                    return Poll::Ready(None);
                }
                Err(StreamError::LastOperationFailed(why)) => {
                    let why = why.to_debug_string();
                    self.end();
                    return Poll::Ready(Some(Err(Error::upstream(why))));
                }
            }
        }
    }
}
