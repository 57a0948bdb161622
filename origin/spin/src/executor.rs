//! The executor: one request's handler, and the tasks beside it, on one thread.

use std::{
    cell::RefCell,
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Wake, Waker},
};

use slab::Slab;

use crate::reactor;

/// How often tasks that keep waking themselves run before the host is asked what else is ready.
const TURNS: u32 = 32;

struct Flag(AtomicBool);

impl Flag {
    fn raised() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(true)))
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Task {
    /// `None` while it is polled.
    work: Option<Pin<Box<dyn Future<Output = ()>>>>,
    woken: Arc<Flag>,
    /// Whether the instance lives until it is done.
    background: bool,
}

thread_local! {
    static TASKS: RefCell<Slab<Task>> = const { RefCell::new(Slab::new()) };
}

fn spawn(work: impl Future<Output = ()> + 'static, background: bool) -> usize {
    let task = Task { work: Some(Box::pin(work)), woken: Flag::raised(), background };
    TASKS.with_borrow_mut(|tasks| tasks.insert(task))
}

/// Runs `work` to its end, after the handler's where need be.
pub(crate) fn background(work: impl Future<Output = ()> + 'static) {
    spawn(work, true);
}

/// Runs `work` for as long as what this gives is kept.
pub(crate) fn attached(work: impl Future<Output = ()> + 'static) -> Attached {
    Attached(spawn(work, false))
}

/// A task that is cancelled when this is dropped.
pub(crate) struct Attached(usize);

impl Drop for Attached {
    fn drop(&mut self) {
        // Dropped outside the borrow: what it holds may be tasks, too.
        let task = TASKS.with_borrow_mut(|tasks| tasks.remove(self.0));
        drop(task);
    }
}

/// Polls `main` and the tasks until `main` and those in the background are done, or nothing can ever happen again.
pub(crate) fn run(main: impl Future<Output = ()>) {
    let (mut main, woken) = (pin!(main), Flag::raised());
    let waker = Waker::from(woken.clone());
    let (mut running, mut turns) = (true, 0);
    loop {
        let mut rest = true;
        if running && woken.take() {
            rest = false;
            running = main.as_mut().poll(&mut Context::from_waker(&waker)).is_pending();
        }
        for id in take_woken() {
            rest = false;
            step(id);
        }
        if !running && !TASKS.with_borrow(|tasks| tasks.iter().any(|(_, task)| task.background)) {
            return;
        }
        turns = if rest { 0 } else { turns + 1 };
        if rest && !reactor::park() {
            return;
        }
        if turns == TURNS {
            turns = 0;
            reactor::peek();
        }
    }
}

fn take_woken() -> Vec<usize> {
    TASKS.with_borrow(|tasks| tasks.iter().filter(|(_, task)| task.woken.take()).map(|(id, _)| id).collect())
}

/// Polls one task. Nothing is borrowed meanwhile: it may start and cancel others.
fn step(id: usize) {
    let taken = TASKS.with_borrow_mut(|tasks| {
        let task = tasks.get_mut(id)?;
        Some((task.work.take()?, Waker::from(task.woken.clone())))
    });
    let Some((mut work, waker)) = taken else { return };
    let done = work.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
    let rest = TASKS.with_borrow_mut(|tasks| match tasks.get_mut(id) {
        Some(task) if !done => {
            task.work = Some(work);
            None
        }
        // One that is attached is removed by whoever keeps it.
        Some(task) if task.background => Some((tasks.remove(id).work, work)),
        _ => Some((None, work)),
    });
    drop(rest);
}
