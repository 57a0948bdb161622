//! Runs futures on this thread, moving the clock when all of them wait.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use crate::time::Clock;

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Polls `work` to its end. Where it waits for a timer, the clock jumps there.
///
/// # Panics
/// `work` waits for something that nothing will ever do.
pub(crate) fn block_on<T>(clock: &Clock, work: impl Future<Output = T>) -> T {
    let flag = Arc::new(Flag(AtomicBool::new(false)));
    let waker = Waker::from(flag.clone());
    let mut work = pin!(work);
    loop {
        if let Poll::Ready(value) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        while !flag.0.swap(false, Ordering::Relaxed) {
            assert!(clock.jump(), "deadlock: the future waits, and no timer is left that could wake it");
        }
    }
}
