//! What JavaScript is asked to do: numbered, completed once, cancelled when dropped.

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, Waker},
};

use aw_platform::{Error, Result};
use bytes::Bytes;

use crate::{abi, slab::Slab, task};

/// An operation's result.
pub(crate) struct Reply {
    /// [`OK`](Self::OK), [`NONE`](Self::NONE) or one of the failures; a fetch's HTTP status is in its bytes.
    pub(crate) status: i32,
    /// What came with it; a failure's reason.
    pub(crate) bytes: Bytes,
    /// A body that JavaScript holds; 0 for none.
    pub(crate) body: u32,
}

impl Reply {
    pub(crate) const OK: i32 = 0;
    pub(crate) const NONE: i32 = 1;
    const TIMEOUT: i32 = -2;
    const MISSING: i32 = -3;

    /// The reply where there is one, or the failure as the port's error.
    pub(crate) fn found(self) -> Result<Option<Self>> {
        match self.status {
            Self::OK => Ok(Some(self)),
            Self::NONE => Ok(None),
            status => {
                let why = String::from_utf8_lossy(&self.bytes).into_owned();
                Err(match status {
                    Self::TIMEOUT => Error::Timeout,
                    Self::MISSING => Error::Missing(why.into()),
                    _ => Error::upstream(why),
                })
            }
        }
    }
}

enum State {
    Waiting(Option<Waker>),
    Done(Reply),
}

thread_local! {
    static OPS: RefCell<Slab<State>> = const { RefCell::new(Slab::new()) };
}

/// An operation under way.
pub(crate) struct Op(u32);

impl Op {
    /// Asks for something now: `ask` is given the operation's number. It may be done before `ask` returns.
    pub(crate) fn start(ask: impl FnOnce(u32)) -> Self {
        let op = Self(OPS.with_borrow_mut(|ops| ops.insert(State::Waiting(None))));
        ask(op.0);
        op
    }

    pub(crate) fn poll_reply(&mut self, cx: &mut Context<'_>) -> Poll<Reply> {
        OPS.with_borrow_mut(|ops| {
            match ops.get_mut(self.0) {
                Some(State::Waiting(waker)) => {
                    if !waker.as_ref().is_some_and(|w| w.will_wake(cx.waker())) {
                        *waker = Some(cx.waker().clone());
                    }
                    task::waits();
                    return Poll::Pending;
                }
                Some(State::Done(_)) => {}
                // Polled after its end: a future's contract allows any answer but unsoundness.
                None => return Poll::Pending,
            }
            match ops.remove(self.0) {
                Some(State::Done(reply)) => {
                    self.0 = 0;
                    Poll::Ready(reply)
                }
                _ => Poll::Pending,
            }
        })
    }

    /// The reply, where there is one.
    pub(crate) async fn found(mut self) -> Result<Option<Reply>> {
        poll_fn(|cx| self.poll_reply(cx)).await.found()
    }
}

impl Future for Op {
    type Output = Reply;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reply> {
        self.poll_reply(cx)
    }
}

impl Drop for Op {
    fn drop(&mut self) {
        match OPS.with_borrow_mut(|ops| ops.remove(self.0)) {
            Some(State::Waiting(_)) => abi::cancel(self.0),
            // The reply came and nobody looked: its body is still held.
            Some(State::Done(reply)) if reply.body != 0 => abi::body_drop(reply.body),
            _ => {}
        }
    }
}

/// Notes the reply and wakes who waits for it; whether somebody did.
pub(crate) fn complete(op: u32, reply: Reply) -> bool {
    let waker = OPS.with_borrow_mut(|ops| match ops.get_mut(op) {
        Some(state @ State::Waiting(_)) => match std::mem::replace(state, State::Done(reply)) {
            State::Waiting(waker) => Some(waker),
            State::Done(_) => Some(None),
        },
        _ => None,
    });
    let waited = waker.is_some();
    if let Some(Some(waker)) = waker {
        waker.wake();
    }
    waited
}
