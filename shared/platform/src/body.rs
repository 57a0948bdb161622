//! Bodies that stream both ways, and pass through unopened.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Frame, SizeHint};

use crate::{Error, Result};

/// A stream of chunks made by the app.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes>>>>;

/// A body that a platform holds (a socket, a stream in the host). It enters guest memory only where it is read.
pub trait NativeBody: Unpin + 'static {
    /// The length in bytes, where the platform knows it before the end.
    fn size_hint(&self) -> Option<u64>;

    /// The next chunk, `None` at the end. Chunks are never empty.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>>;
}

/// The body of a request or response.
#[derive(Default)]
pub enum Body<N> {
    /// No bytes.
    #[default]
    Empty,
    /// All the bytes, in memory.
    Bytes(Bytes),
    /// The platform's own: answered as it is, it never enters guest memory.
    Native(N),
    /// Chunks made as they are read.
    Stream(BodyStream),
}

/// What [`Body::collect`] gives.
#[derive(Debug)]
pub enum Collected {
    /// The whole body.
    All(Bytes),
    /// The body is longer than the limit; the rest was not read.
    TooLarge,
}

impl<N: NativeBody> Body<N> {
    /// Chunks made as they are read; the length is not known in advance.
    pub fn stream(stream: impl Stream<Item = Result<Bytes>> + 'static) -> Self {
        Self::Stream(Box::pin(stream))
    }

    /// The length in bytes, where it is known before the end.
    pub fn size_hint(&self) -> Option<u64> {
        match self {
            Self::Empty => Some(0),
            Self::Bytes(b) => Some(b.len() as u64),
            Self::Native(n) => n.size_hint(),
            Self::Stream(_) => None,
        }
    }

    /// The next chunk, `None` at the end. Chunks are never empty.
    pub fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        match self {
            Self::Empty => Poll::Ready(None),
            Self::Bytes(b) => {
                let b = std::mem::take(b);
                *self = Self::Empty;
                Poll::Ready((!b.is_empty()).then_some(Ok(b)))
            }
            Self::Native(n) => n.poll_chunk(cx),
            Self::Stream(s) => loop {
                match s.as_mut().poll_next(cx) {
                    Poll::Ready(Some(Ok(b))) if b.is_empty() => {}
                    other => return other,
                }
            },
        }
    }

    /// The next chunk, `None` at the end. Chunks are never empty.
    ///
    /// # Errors
    /// The other side broke off.
    pub async fn chunk(&mut self) -> Option<Result<Bytes>> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// Reads the whole body into memory, but no more than `limit` bytes.
    ///
    /// # Errors
    /// The other side broke off.
    pub async fn collect(mut self, limit: usize) -> Result<Collected> {
        if self.size_hint().is_some_and(|n| n > limit as u64) {
            return Ok(Collected::TooLarge);
        }
        let Some(first) = self.chunk().await.transpose()? else { return Ok(Collected::All(Bytes::new())) };
        if first.len() > limit {
            return Ok(Collected::TooLarge);
        }
        // One chunk is the common case and needs no copy.
        let Some(second) = self.chunk().await.transpose()? else { return Ok(Collected::All(first)) };
        let mut all = BytesMut::from(first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            if all.len() + chunk.len() > limit {
                return Ok(Collected::TooLarge);
            }
            all.extend_from_slice(&chunk);
            next = self.chunk().await.transpose()?;
        }
        Ok(Collected::All(all.freeze()))
    }

    /// [`collect`](Self::collect) for a body from a peer that we trust to keep to the limit.
    ///
    /// # Errors
    /// [`Error::Limit`] past `limit` bytes; the other side broke off.
    pub async fn bytes(self, limit: usize) -> Result<Bytes> {
        match self.collect(limit).await? {
            Collected::All(b) => Ok(b),
            Collected::TooLarge => Err(Error::Limit("body")),
        }
    }
}

impl<N: NativeBody> http_body::Body for Body<N> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>>>> {
        self.poll_chunk(cx).map(|chunk| chunk.map(|result| result.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        Self::size_hint(self) == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        Self::size_hint(self).map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl<N> From<Bytes> for Body<N> {
    fn from(b: Bytes) -> Self {
        if b.is_empty() { Self::Empty } else { Self::Bytes(b) }
    }
}

impl<N> From<&'static str> for Body<N> {
    fn from(s: &'static str) -> Self {
        Bytes::from_static(s.as_bytes()).into()
    }
}

impl<N> From<String> for Body<N> {
    fn from(s: String) -> Self {
        Bytes::from(s).into()
    }
}

impl<N> From<Vec<u8>> for Body<N> {
    fn from(v: Vec<u8>) -> Self {
        Bytes::from(v).into()
    }
}

impl<N> std::fmt::Debug for Body<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(b) => write!(f, "Bytes({})", b.len()),
            Self::Native(_) => f.write_str("Native"),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}
