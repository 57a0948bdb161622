//! Bodies that the host holds: the request's, a fetch's, a KV value's.

use std::{
    future::poll_fn,
    task::{Context, Poll, ready},
};

use aw_platform::{BodyStream, Error, NativeBody, Result};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use crate::{abi, select::Ready};

/// The most that is read at once.
const CHUNK: usize = 64 * 1024;

/// A body in the host. Passed on, it never enters linear memory; read, it enters chunk by chunk, as the reader asks
/// for them. Dropped unread, it is closed, which ends the fetch that it belongs to.
pub struct FastlyBody {
    ready: Ready, // before the handle: it must not outlive it
    handle: abi::Body,
    /// How many bytes are left, where that is known.
    left: Option<u64>,
    ended: bool,
}

impl FastlyBody {
    /// A body of `left` bytes; `None` where the host is to say how many there are, if it knows.
    pub(crate) fn new(handle: abi::Body, left: Option<u64>) -> Self {
        let left = left.or_else(|| handle.known_length());
        Self { ready: Ready::new(handle.item()), handle, left, ended: false }
    }

    /// Gives the host's handle back.
    pub(crate) fn release(self) -> abi::Body {
        self.handle
    }

    /// All of it, in one piece.
    pub(crate) async fn whole(mut self) -> Result<Bytes> {
        let mut all = BytesMut::with_capacity(usize::try_from(self.left.unwrap_or(0)).unwrap_or(0).min(32 << 20));
        loop {
            poll_fn(|cx| self.ready.poll_ready(cx)).await;
            let most = self.next();
            match if most == 0 { Ok(0) } else { self.handle.read(&mut all, most) } {
                Ok(0) => return self.end().map(|()| all.freeze()),
                Ok(read) => self.took(read),
                Err(status) => return Err(broken(status)),
            }
        }
    }

    /// How much is read next.
    fn next(&self) -> usize {
        self.left.map_or(CHUNK, |left| left.min(CHUNK as u64) as usize)
    }

    fn took(&mut self, read: usize) {
        self.left = self.left.map(|left| left.saturating_sub(read as u64));
    }

    /// The end came: an error where it came too early (see [`select::park`](crate::select::park) for how it may).
    fn end(&mut self) -> Result<()> {
        self.ended = true;
        match self.left {
            None | Some(0) => Ok(()),
            Some(left) => Err(Error::upstream(format!("the body was cut {left} bytes before its end"))),
        }
    }
}

fn broken(status: abi::Status) -> Error {
    Error::upstream(format!("the body broke off: {status:?}"))
}

impl NativeBody for FastlyBody {
    fn size_hint(&self) -> Option<u64> {
        self.left
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let most = self.next();
        let chunk = if most == 0 {
            Ok(Bytes::new())
        } else {
            ready!(self.ready.poll_ready(cx));
            self.handle.chunk(most)
        };
        Poll::Ready(match chunk {
            Ok(chunk) if chunk.is_empty() => self.end().err().map(Err),
            Ok(chunk) => {
                self.took(chunk.len());
                Some(Ok(chunk))
            }
            Err(status) => {
                self.ended = true;
                Some(Err(broken(status)))
            }
        })
    }
}

/// Writes what `stream` makes to the other side as it takes it, and ends it. Where the stream fails or the other side
/// has gone, it is cut off.
pub(crate) async fn pump(mut stream: BodyStream, mut to: abi::Outgoing) {
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else { return };
        if chunk.is_empty() {
            continue;
        }
        Ready::new(to.item()).await;
        if to.write(&chunk).is_err() {
            return;
        }
    }
    // A client that has gone in the meantime is none of our business.
    let _ = to.finish();
}
