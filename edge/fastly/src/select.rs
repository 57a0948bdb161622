//! Waiting: for what the host has under way, and for time. Both end in the host's one `select`.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use crate::abi::{self, Item};

thread_local! {
    /// Who waits for what. In the order in which they came: the host looks at the first first.
    static ITEMS: RefCell<Vec<(Item, Waker)>> = const { RefCell::new(Vec::new()) };
    static TIMERS: RefCell<Vec<Timer>> = const { RefCell::new(Vec::new()) };
    static NEXT_TIMER: Cell<u64> = const { Cell::new(0) };
    static ABANDONED: Cell<bool> = const { Cell::new(false) };
}

struct Timer {
    id: u64,
    at: Instant,
    waker: Waker,
}

/// Resolves when the host's `item` can be used without waiting. Must be dropped before the item is closed.
pub(crate) struct Ready {
    item: Item,
    waiting: bool,
}

impl Ready {
    pub(crate) fn new(item: Item) -> Self {
        Self { item, waiting: false }
    }

    /// Ready once; polled again after that, it waits again.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.waiting {
            self.waiting = true;
            ITEMS.with_borrow_mut(|items| items.push((self.item, cx.waker().clone())));
            return Poll::Pending;
        }
        // Whoever is no longer in the list has been found ready.
        let still = ITEMS.with_borrow_mut(|items| {
            let found = items.iter_mut().find(|(item, _)| *item == self.item);
            found.map(|(_, waker)| waker.clone_from(cx.waker())).is_some()
        });
        if still {
            return Poll::Pending;
        }
        self.waiting = false;
        Poll::Ready(())
    }
}

impl Future for Ready {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_ready(cx)
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        if self.waiting {
            ITEMS.with_borrow_mut(|items| items.retain(|(item, _)| *item != self.item));
        }
    }
}

/// Resolves when `item` is ready; given up before that, it leaves the item behind in the host, see [`abandon`].
pub(crate) async fn settle(item: Item) {
    struct Unsettled;
    impl Drop for Unsettled {
        fn drop(&mut self) {
            abandon();
        }
    }
    let unsettled = Unsettled;
    Ready::new(item).await;
    std::mem::forget(unsettled);
}

/// Notes that the host still works on something that nobody waits for and that it has no call to take back. It ends
/// with this program, so that the program is not used for another request.
pub(crate) fn abandon() {
    ABANDONED.set(true);
}

/// Whether something was left behind in the host.
pub(crate) fn abandoned() -> bool {
    ABANDONED.get()
}

/// Resolves at its time.
pub(crate) struct Sleep {
    until: Until,
}

enum Until {
    /// Counted from the first poll.
    For(Duration),
    At(Instant),
    Timer(u64),
}

impl Sleep {
    /// Resolves `duration` after it was first polled.
    pub(crate) fn new(duration: Duration) -> Self {
        Self { until: Until::For(duration) }
    }

    /// Resolves `duration` after this call.
    pub(crate) fn from_now(duration: Duration) -> Self {
        Self { until: Instant::now().checked_add(duration).map_or(Until::For(duration), Until::At) }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let now = || Instant::now();
        let at = match self.until {
            Until::Timer(id) => {
                // A timer that is no longer in the list has fired.
                let still = TIMERS.with_borrow_mut(|timers| {
                    let found = timers.iter_mut().find(|timer| timer.id == id);
                    found.map(|timer| timer.waker.clone_from(cx.waker())).is_some()
                });
                return if still { Poll::Pending } else { Poll::Ready(()) };
            }
            Until::For(Duration::ZERO) => return Poll::Ready(()),
            // A time past the end of the clock never comes.
            Until::For(duration) => match now().checked_add(duration) {
                Some(at) => at,
                None => return Poll::Pending,
            },
            Until::At(at) if at <= now() => return Poll::Ready(()),
            Until::At(at) => at,
        };
        let id = NEXT_TIMER.replace(NEXT_TIMER.get() + 1);
        self.until = Until::Timer(id);
        TIMERS.with_borrow_mut(|timers| timers.push(Timer { id, at, waker: cx.waker().clone() }));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Until::Timer(id) = self.until {
            TIMERS.with_borrow_mut(|timers| timers.retain(|timer| timer.id != id));
        }
    }
}

/// Wakes whose time has come.
fn fire() -> bool {
    TIMERS.with_borrow_mut(|timers| {
        if timers.is_empty() {
            return false;
        }
        let (now, before) = (Instant::now(), timers.len());
        timers.retain(|timer| {
            let due = timer.at <= now;
            if due {
                timer.waker.wake_by_ref();
            }
            !due
        });
        timers.len() < before
    })
}

/// Wakes whatever can go on, without waiting.
pub(crate) fn poll() {
    fire();
    ITEMS.with_borrow_mut(|items| {
        items.retain(|(item, waker)| {
            let ready = abi::is_ready(*item);
            if ready {
                waker.wake_by_ref();
            }
            !ready
        });
    });
}

/// Waits until something can go on, and wakes it; `false` where nothing ever will.
///
/// Where there is one item and no timer, whoever waits for it is woken at once: using it waits as well as `select`
/// does. That saves a call, and Viceroy's `select` looks at a body by reading from it and forgets the error that it
/// finds: what was cut off would end regularly.
pub(crate) fn park() -> bool {
    if fire() {
        return true;
    }
    let next = TIMERS.with_borrow(|timers| timers.iter().map(|timer| timer.at).min());
    let items: Vec<Item> = ITEMS.with_borrow(|items| items.iter().map(|(item, _)| *item).collect());
    let woken = match (items.as_slice(), next) {
        ([], None) => return false,
        ([_], None) => Ok(Some(0)),
        // 0 is the host's word for ever.
        (_, None) => abi::select(&items, 0),
        // A timer must not fire early.
        (_, Some(at)) => {
            let ms = at.saturating_duration_since(Instant::now()).as_micros().div_ceil(1000);
            abi::select(&items, ms.clamp(1, u32::MAX.into()) as u32)
        }
    };
    ITEMS.with_borrow_mut(|items| match woken {
        Ok(Some(place)) if place < items.len() => items.remove(place).1.wake(),
        Ok(_) => {}
        // One of them is unknown to the host: each finds out for itself.
        Err(_) => items.drain(..).for_each(|(_, waker)| waker.wake()),
    });
    fire();
    true
}
