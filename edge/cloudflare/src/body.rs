//! Bodies that JavaScript holds: the request's, a fetch's, a KV value's.

use std::task::{Context, Poll};

use aw_platform::{Body, NativeBody, Result};
use bytes::Bytes;

use crate::{
    abi::{self, Out},
    op::Op,
    task,
};

/// A JavaScript stream or buffer. Passed on, it never enters linear memory; read, it enters chunk by chunk, as the
/// reader asks for them. Dropped unread, it is cancelled.
pub struct WorkerBody {
    /// JavaScript's number for it; 0 once it is handed back.
    id: u32,
    size: Option<u64>,
    pull: Option<Op>,
    ended: bool,
}

impl WorkerBody {
    pub(crate) fn new(id: u32, size: Option<u64>) -> Self {
        Self { id, size, pull: None, ended: false }
    }

    /// Gives it back to JavaScript: its number.
    pub(crate) fn release(mut self) -> u32 {
        self.pull = None;
        std::mem::take(&mut self.id)
    }
}

impl NativeBody for WorkerBody {
    fn size_hint(&self) -> Option<u64> {
        self.size
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let pull = self.pull.get_or_insert_with(|| Op::start(|op| abi::body_pull(op, self.id)));
        let Poll::Ready(reply) = pull.poll_reply(cx) else { return Poll::Pending };
        self.pull = None;
        let chunk = reply.found().transpose().map(|found| found.map(|reply| reply.bytes));
        self.ended = !matches!(chunk, Some(Ok(_)));
        Poll::Ready(chunk)
    }
}

impl Drop for WorkerBody {
    fn drop(&mut self) {
        self.pull = None;
        if self.id != 0 {
            abi::body_drop(self.id);
        }
    }
}

/// Lends `body` to `send` in the form in which it leaves. Bytes are copied out before `send` returns.
pub(crate) fn send(body: Body<WorkerBody>, send: impl FnOnce(Out<'_>)) {
    match body {
        Body::Empty => send(Out::Empty),
        Body::Bytes(bytes) => send(Out::Bytes(&bytes)),
        Body::Native(body) => send(Out::Native(body.release())),
        Body::Stream(stream) => send(Out::Stream(task::stream(stream))),
    }
}
