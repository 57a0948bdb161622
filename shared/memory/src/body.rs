//! Bodies as lists of chunks.

use std::{
    collections::VecDeque,
    task::{Context, Poll},
};

use aw_platform::{NativeBody, Result};
use bytes::Bytes;

/// A body in memory that is read chunk by chunk, as one from a socket would be.
#[derive(Debug, Default)]
pub struct MemoryBody {
    chunks: VecDeque<Bytes>,
    sized: bool,
}

impl MemoryBody {
    /// A body whose length is known in advance.
    pub fn new(bytes: Bytes) -> Self {
        Self { chunks: [bytes].into_iter().filter(|b| !b.is_empty()).collect(), sized: true }
    }

    /// A body of these chunks, whose length is not known in advance. Empty chunks are left out.
    pub fn chunked(chunks: impl IntoIterator<Item = Bytes>) -> Self {
        Self { chunks: chunks.into_iter().filter(|b| !b.is_empty()).collect(), sized: false }
    }
}

impl NativeBody for MemoryBody {
    fn size_hint(&self) -> Option<u64> {
        self.sized.then(|| self.chunks.iter().map(|c| c.len() as u64).sum())
    }

    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        Poll::Ready(self.chunks.pop_front().map(Ok))
    }
}
