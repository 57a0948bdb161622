//! A clock that stands still until it is moved.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

/// 2026-01-01T00:00:00Z in milliseconds.
const START: u64 = 1_767_225_600_000;

#[derive(Debug)]
pub(crate) struct Clock {
    now: Cell<u64>,
    timers: RefCell<BTreeMap<(u64, u64), Option<Waker>>>,
    next_id: Cell<u64>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { now: Cell::new(START), timers: RefCell::default(), next_id: Cell::new(0) }
    }
}

impl Clock {
    pub(crate) fn now(&self) -> u64 {
        self.now.get()
    }

    /// Sets the time and wakes whoever slept until then.
    pub(crate) fn set(&self, now: u64) {
        self.now.set(now);
        let due: Vec<Waker> =
            self.timers.borrow_mut().range_mut(..=(now, u64::MAX)).filter_map(|(_, waker)| waker.take()).collect();
        due.into_iter().for_each(Waker::wake);
    }

    /// Jumps to the earliest timer that lies ahead; `false` where there is none.
    pub(crate) fn jump(&self) -> bool {
        let next = self.timers.borrow().range((self.now() + 1, 0)..).next().map(|(key, _)| key.0);
        if let Some(at) = next {
            self.set(at);
        }
        next.is_some()
    }

    pub(crate) fn sleep(self: &Rc<Self>, duration: Duration) -> Sleep {
        let id = self.next_id.replace(self.next_id.get() + 1);
        // Rounded up: a sleep is never shorter than was asked for.
        let ms = u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        let key = (self.now().saturating_add(ms), id);
        self.timers.borrow_mut().insert(key, None);
        Sleep { clock: self.clone(), key }
    }
}

/// Resolves when the clock has reached the time that was asked for.
#[derive(Debug)]
pub struct Sleep {
    clock: Rc<Clock>,
    key: (u64, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.key.0 <= self.clock.now() {
            return Poll::Ready(());
        }
        self.clock.timers.borrow_mut().insert(self.key, Some(cx.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.timers.borrow_mut().remove(&self.key);
    }
}
