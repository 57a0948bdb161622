//! The executor: tasks by number, each polled only from the request that it belongs to.
//!
//! workerd forbids I/O on behalf of another request, so that a task woken by another request's is not polled at
//! once: JavaScript resolves a promise that was made in the task's own request, whose loop then polls it. workerd
//! gives up a request that waits for nothing of its own, which is therefore told apart. Nothing is borrowed while a
//! task is polled, so that one that panics (and is left in the middle) blocks nobody.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use aw_platform::BodyStream;

use crate::{abi, slab::Slab};

/// How often a task that wakes itself is polled again before others get their turn.
const TURNS: u32 = 32;

/// What a poll came to.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Polled {
    /// The task has ended.
    Done = 0,
    /// It will be woken.
    Pending = 1,
    /// A stream's next chunk has been handed over.
    Chunk = 2,
    /// A stream broke off.
    Failed = 3,
    /// It keeps waking itself: poll it again, after the others.
    Again = 4,
    /// It will be woken, but by another request: it waits for no operation of its own.
    Elsewhere = 5,
}

enum Work {
    Future(Pin<Box<dyn Future<Output = ()>>>),
    Stream(BodyStream),
}

struct Task {
    /// `None` while it is polled.
    work: Option<Work>,
    woken: bool,
}

thread_local! {
    static TASKS: RefCell<Slab<Task>> = const { RefCell::new(Slab::new()) };
    /// Whether the task that is polled waits for an operation.
    static WAITS: Cell<bool> = const { Cell::new(false) };
}

fn with<T>(f: impl FnOnce(&mut Slab<Task>) -> T) -> T {
    TASKS.with_borrow_mut(f)
}

fn insert(work: Work) -> u32 {
    with(|tasks| tasks.insert(Task { work: Some(work), woken: false }))
}

/// A task from a future; nothing polls it yet.
pub(crate) fn future(work: Pin<Box<dyn Future<Output = ()>>>) -> u32 {
    insert(Work::Future(work))
}

/// A task from a stream of chunks.
pub(crate) fn stream(work: BodyStream) -> u32 {
    insert(Work::Stream(work))
}

/// Notes that a task has been woken; whether JavaScript has to be told (not while the task is being polled).
pub(crate) fn woken(id: u32) -> bool {
    with(|tasks| {
        let Some(task) = tasks.get_mut(id) else { return false };
        let first = !task.woken;
        task.woken = true;
        first && task.work.is_some()
    })
}

/// Notes that the task that is polled waits for an operation.
pub(crate) fn waits() {
    WAITS.set(true);
}

/// Polls a task.
pub(crate) fn poll(id: u32) -> Polled {
    let waker = abi::waker(id);
    let mut cx = Context::from_waker(&waker);
    for _ in 0..TURNS {
        WAITS.set(false);
        let Some(mut work) = with(|tasks| {
            let task = tasks.get_mut(id)?;
            task.woken = false;
            task.work.take()
        }) else {
            return Polled::Done;
        };
        let polled = match &mut work {
            Work::Future(future) => match future.as_mut().poll(&mut cx) {
                Poll::Ready(()) => Polled::Done,
                Poll::Pending => Polled::Pending,
            },
            Work::Stream(stream) => match stream.as_mut().poll_next(&mut cx) {
                Poll::Ready(Some(Ok(bytes))) if bytes.is_empty() => Polled::Again,
                Poll::Ready(Some(Ok(bytes))) => {
                    abi::chunk(&bytes);
                    Polled::Chunk
                }
                Poll::Ready(Some(Err(_))) => Polled::Failed,
                Poll::Ready(None) => Polled::Done,
                Poll::Pending => Polled::Pending,
            },
        };
        if matches!(polled, Polled::Done | Polled::Failed) {
            let ended = with(|tasks| tasks.remove(id));
            drop((ended, work));
            return polled;
        }
        let again = with(|tasks| {
            let task = tasks.get_mut(id)?;
            task.work = Some(work);
            Some(task.woken)
        });
        match (polled, again) {
            (Polled::Chunk, _) => return Polled::Chunk,
            (Polled::Pending, Some(false)) if WAITS.get() => return Polled::Pending,
            (Polled::Pending, Some(false)) => return Polled::Elsewhere,
            _ => {}
        }
    }
    Polled::Again
}

/// Drops a task and with it what it waits for.
pub(crate) fn drop_task(id: u32) {
    let task = with(|tasks| tasks.remove(id));
    drop(task);
}
