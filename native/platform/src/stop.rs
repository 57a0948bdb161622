//! A thread's word to its connections that it stops.

use std::{
    cell::Cell,
    pin::{Pin, pin},
    task::{Poll, Waker},
};

use tokio::sync::Notify;

/// Said once, and heard by all who wait for it or come later. One for each thread: what every request looks at is no
/// memory that processors share.
#[derive(Default)]
pub(crate) struct Stop {
    said: Cell<bool>,
    waiting: Notify,
}

impl Stop {
    pub(crate) fn say(&self) {
        self.said.set(true);
        self.waiting.notify_waiters();
    }

    /// What `work` ends with; `None` when the word came before that.
    pub(crate) async fn or<F: Future>(&self, mut work: Pin<&mut F>) -> Option<F::Output> {
        let mut heard = pin!(self.waiting.notified());
        let mut registered: Option<Waker> = None;
        std::future::poll_fn(|cx| {
            if let Poll::Ready(output) = work.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
            if self.said.get() {
                return Poll::Ready(None);
            }
            // A connection is polled for every request; who is to be woken changes seldom.
            if !registered.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                if heard.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(None);
                }
                registered = Some(cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::{future, pin::pin, rc::Rc};

    use super::Stop;

    #[tokio::test(flavor = "current_thread")]
    async fn the_word_ends_a_wait_and_is_heard_by_who_comes_later() {
        let stop = Rc::<Stop>::default();
        let teller = stop.clone();
        let local = tokio::task::LocalSet::new();
        local.spawn_local(async move {
            tokio::task::yield_now().await;
            teller.say();
        });
        let waited = local.run_until(async { stop.or(pin!(future::pending::<()>())).await }).await;
        assert_eq!(waited, None);
        assert_eq!(stop.or(pin!(future::pending::<()>())).await, None);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn work_that_is_done_is_not_cut() {
        let stop = Stop::default();
        assert_eq!(stop.or(pin!(future::ready(7))).await, Some(7));
        stop.say();
        assert_eq!(stop.or(pin!(future::ready(7))).await, Some(7));
    }
}
