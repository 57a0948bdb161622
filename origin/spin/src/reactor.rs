//! What the guest waits for: pollables of the host, and who is woken when one is ready.

use std::{
    cell::RefCell,
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use slab::Slab;
use wasi::io::poll::{Pollable, poll};

struct Waiting {
    pollable: Pollable,
    /// `None` until somebody waits for it, and again when it is ready.
    waker: Option<Waker>,
    ready: bool,
}

thread_local! {
    static WAITING: RefCell<Slab<Waiting>> = const { RefCell::new(Slab::new()) };
}

/// Resolves when a pollable is ready. A pollable is the child of a stream or a response and has to be dropped before
/// it: keep this in a field above its parent's.
pub(crate) struct Wait(usize);

impl Wait {
    /// Waits for `pollable`.
    pub(crate) fn on(pollable: Pollable) -> Self {
        Self(WAITING.with_borrow_mut(|all| all.insert(Waiting { pollable, waker: None, ready: false })))
    }
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        WAITING.with_borrow_mut(|all| {
            let waiting = &mut all[self.0];
            if waiting.ready {
                return Poll::Ready(());
            }
            waiting.waker = Some(cx.waker().clone());
            Poll::Pending
        })
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let waiting = WAITING.with_borrow_mut(|all| all.try_remove(self.0));
        drop(waiting);
    }
}

/// Forgets all pollables, so that what they are children of can be dropped: nothing will be waited for any more.
pub(crate) fn forget_all() {
    let waiting = WAITING.with(|all| all.try_borrow_mut().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default());
    drop(waiting);
}

/// Gives the thread to the host until something that is waited for is ready, and wakes whoever waits for it.
/// `false` where nobody waits for anything.
pub(crate) fn park() -> bool {
    let woken = WAITING.with_borrow_mut(|all| {
        let awaited = all.iter().filter(|(_, waiting)| waiting.waker.is_some());
        let (ids, pollables): (Vec<usize>, Vec<&Pollable>) = awaited.map(|(id, w)| (id, &w.pollable)).unzip();
        if ids.is_empty() {
            return None;
        }
        let ready = poll(&pollables);
        Some(ready.into_iter().filter_map(|n| all[ids[n as usize]].wake()).collect::<Vec<Waker>>())
    });
    wake(woken)
}

/// Looks what is ready without waiting, for tasks that never rest.
pub(crate) fn peek() {
    let woken = WAITING.with_borrow_mut(|all| {
        let ready = all.iter_mut().filter(|(_, waiting)| waiting.waker.is_some() && waiting.pollable.ready());
        ready.filter_map(|(_, waiting)| waiting.wake()).collect()
    });
    wake(Some(woken));
}

impl Waiting {
    fn wake(&mut self) -> Option<Waker> {
        self.ready = true;
        self.waker.take()
    }
}

fn wake(woken: Option<Vec<Waker>>) -> bool {
    let any = woken.is_some();
    woken.into_iter().flatten().for_each(Waker::wake);
    any
}
