//! The executor: the request's own future, what runs beside it, and the host's `select` when neither can go on.

use std::{
    cell::RefCell,
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures_util::{Stream, stream::FuturesUnordered};

use crate::select;

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// How often in a row futures that wake themselves are polled before the host is asked what it has.
const TURNS: u32 = 64;

/// A waker that is a flag: there is one thread, and it looks.
struct Flag(AtomicBool);

impl Flag {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(false)))
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Executor {
    main: Arc<Flag>,
    beside: Arc<Flag>,
    /// Given to [`spawn`] and not polled yet: it may be called while the others are polled.
    fresh: RefCell<Vec<Task>>,
    tasks: RefCell<FuturesUnordered<Task>>,
}

thread_local! {
    static EXECUTOR: Executor = Executor {
        main: Flag::new(),
        beside: Flag::new(),
        fresh: RefCell::default(),
        tasks: RefCell::default(),
    };
}

/// Runs `task` beside the request. It is over before the program takes another one.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    EXECUTOR.with(|executor| executor.fresh.borrow_mut().push(Box::pin(task)));
}

/// Runs `future` to its end; `None` where it waits for what nobody will ever give it.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> Option<T> {
    EXECUTOR.with(|executor| {
        let mut future = pin!(future);
        let waker = Waker::from(executor.main.clone());
        waker.wake_by_ref();
        executor.run(|| {
            if executor.main.take() { future.as_mut().poll(&mut Context::from_waker(&waker)) } else { Poll::Pending }
        })
    })
}

/// Runs everything that was spawned to its end; what waits for what nobody will ever give it is dropped.
pub(crate) fn drain() {
    EXECUTOR.with(|executor| {
        if executor.run(|| if executor.is_idle() { Poll::Ready(()) } else { Poll::Pending }).is_none() {
            let stuck = executor.tasks.take();
            drop(stuck);
        }
    });
}

impl Executor {
    fn is_idle(&self) -> bool {
        self.fresh.borrow().is_empty() && self.tasks.borrow().is_empty()
    }

    /// Turns until `done` is; `None` where nothing will ever happen again.
    fn run<T>(&self, mut done: impl FnMut() -> Poll<T>) -> Option<T> {
        let mut turn = 0_u32;
        loop {
            turn = turn.wrapping_add(1);
            self.turn();
            if let Poll::Ready(value) = done() {
                return Some(value);
            }
            if self.main.is_set() || self.beside.is_set() || !self.fresh.borrow().is_empty() {
                if turn.is_multiple_of(TURNS) {
                    select::poll();
                }
            } else if !select::park() {
                return None;
            }
        }
    }

    /// Polls what runs beside the request, where it was woken.
    fn turn(&self) {
        loop {
            let fresh = self.fresh.take();
            let mut tasks = self.tasks.borrow_mut();
            if !fresh.is_empty() {
                tasks.extend(fresh);
                self.beside.wake_by_ref();
            }
            if !self.beside.take() {
                return;
            }
            let waker = Waker::from(self.beside.clone());
            while Pin::new(&mut *tasks).poll_next(&mut Context::from_waker(&waker)) == Poll::Ready(Some(())) {}
            if self.fresh.borrow().is_empty() {
                return;
            }
        }
    }
}
