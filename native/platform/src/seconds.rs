//! hyper's timer, in whole seconds.
//!
//! hyper sets a deadline for the head of every request and drops it when the head is there. Tokio's timers are exact to
//! the millisecond, for which every request would read the clock several times and enter the runtime's wheel. Here it
//! enters a table, which one thread looks through once in a second.

use std::{
    pin::Pin,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use hyper::rt::{Sleep, Timer};
use parking_lot::Mutex;
use slab::Slab;

/// One serving thread's timer. What it is asked for comes at that time or up to two seconds later, and never before.
#[derive(Clone)]
pub(crate) struct Seconds(Arc<Table>);

struct Table {
    begun: Instant,
    /// Whole seconds since then.
    passed: AtomicU64,
    waiting: Mutex<Slab<(u64, Waker)>>,
}

/// A timer for each of `threads` threads. What keeps their time ends after the last of them.
///
/// # Errors
/// One line: there can be no more threads.
pub(crate) fn seconds(threads: usize) -> Result<Vec<Seconds>, String> {
    let begun = Instant::now();
    let timers: Vec<Seconds> = (0..threads).map(|_| Seconds::new(begun)).collect();
    let tables: Vec<Weak<Table>> = timers.iter().map(|timer| Arc::downgrade(&timer.0)).collect();
    let keep = move || {
        loop {
            thread::sleep(Duration::from_secs(1));
            let passed = begun.elapsed().as_secs();
            let told = tables.iter().filter_map(Weak::upgrade).map(|table| table.pass(passed)).count();
            if told == 0 {
                return;
            }
        }
    };
    thread::Builder::new().name("seconds".to_owned()).spawn(keep).map_err(|e| format!("threads: {e}"))?;
    Ok(timers)
}

impl Seconds {
    fn new(begun: Instant) -> Self {
        Self(Arc::new(Table { begun, passed: AtomicU64::new(0), waiting: Mutex::default() }))
    }
}

impl Table {
    fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// `passed` seconds have passed: wakes who has waited for that.
    fn pass(&self, passed: u64) {
        self.passed.store(passed, Ordering::Relaxed);
        // Who is woken may want the table.
        let due: Vec<Waker> = {
            let waiting = self.waiting.lock();
            waiting.iter().filter(|(_, (due, _))| *due <= passed).map(|(_, (_, waker))| waker.clone()).collect()
        };
        due.into_iter().for_each(Waker::wake);
    }
}

impl Timer for Seconds {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let Self(table) = self;
        // The second that has begun is not counted: it may be over at once.
        let due = deadline.saturating_duration_since(table.begun).as_secs() + 1;
        Box::pin(Waiting { table: table.clone(), due, place: None })
    }

    /// As of the last whole second.
    fn now(&self) -> Instant {
        self.0.begun + Duration::from_secs(self.0.passed())
    }
}

struct Waiting {
    table: Arc<Table>,
    due: u64,
    /// Where it is in the table, once it has been polled.
    place: Option<usize>,
}

impl Sleep for Waiting {}

impl Future for Waiting {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { table, due, place } = &mut *self;
        let mut waiting = table.waiting.lock();
        // Looked at under the lock: who enters after the second was told was not woken by it.
        if *due <= table.passed() {
            return Poll::Ready(());
        }
        match *place {
            Some(place) => waiting[place].1.clone_from(cx.waker()),
            None => *place = Some(waiting.insert((*due, cx.waker().clone()))),
        }
        Poll::Pending
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.table.waiting.lock().remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use futures_util::poll;
    use hyper::rt::Timer;

    use super::{Seconds, seconds};

    #[tokio::test(flavor = "current_thread")]
    async fn what_is_due_is_woken_and_nothing_else() {
        let timer = Seconds::new(Instant::now());
        let (mut first, mut second) = (timer.sleep(Duration::from_secs(15)), timer.sleep(Duration::from_secs(16)));
        let unpolled = timer.sleep(Duration::from_secs(1));
        assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
        timer.0.pass(15);
        assert!(poll!(&mut first).is_pending(), "of the first second a part only has passed");
        timer.0.pass(16);
        assert!(poll!(&mut first).is_ready() && poll!(&mut second).is_pending() && poll!(unpolled).is_ready());
        assert_eq!(timer.now(), timer.0.begun + Duration::from_secs(16));
        timer.0.pass(1_000);
        assert!(poll!(&mut second).is_ready());
        assert!(poll!(timer.sleep(Duration::ZERO)).is_pending(), "not before the time is over");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn who_goes_leaves_no_place_behind() {
        let timer = Seconds::new(Instant::now());
        for _ in 0..1_000 {
            let mut sleep = timer.sleep(Duration::from_secs(15));
            assert!(poll!(&mut sleep).is_pending() && poll!(&mut sleep).is_pending());
            assert_eq!(timer.0.waiting.lock().len(), 1);
        }
        assert!(timer.0.waiting.lock().is_empty());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_thread_tells_the_time() {
        let timers = seconds(2).unwrap();
        let (begun, wanted) = (Instant::now(), Duration::from_secs(1));
        timers[1].sleep(wanted).await;
        assert!(begun.elapsed() >= wanted);
    }
}
