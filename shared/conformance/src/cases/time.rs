//! The clock and what waits for it. Nothing here asserts how fast: only what comes after what.

use std::{cell::Cell, pin::pin, rc::Rc, time::Duration};

use aw_platform::{Error, Platform, PlatformExt};
use futures_util::future::{Either, join_all, select};

use crate::case::{Failure, Outcome, ensure, ensure_err};

pub(super) async fn sane<P: Platform>(p: &P) -> Outcome {
    let now = p.now();
    ensure!((1_735_689_600_000..4_102_444_800_000).contains(&now), "now is {now}, which is not between 2025 and 2100");
    Ok(())
}

pub(super) async fn moves<P: Platform>(p: &P) -> Outcome {
    let before = p.now();
    p.sleep(Duration::from_millis(150)).await;
    let passed = p.now().saturating_sub(before);
    // A timer may be coarse by a few milliseconds, in its own favour.
    ensure!(passed >= 140, "a sleep of 150 ms moved the clock by {passed} ms");
    Ok(())
}

pub(super) async fn order<P: Platform>(p: &P) -> Outcome {
    let (long, short) = (pin!(p.sleep(Duration::from_secs(20))), pin!(p.sleep(Duration::from_millis(20))));
    match select(long, short).await {
        Either::Right(_) => Ok(()),
        Either::Left(_) => Err(Failure::new("a sleep of 20 s ended before one of 20 ms")),
    }
}

pub(super) async fn zero<P: Platform>(p: &P) -> Outcome {
    p.sleep(Duration::ZERO).await;
    Ok(())
}

pub(super) async fn overlap<P: Platform>(p: &P) -> Outcome {
    let before = p.now();
    join_all((0..20).map(|_| p.sleep(Duration::from_millis(500)))).await;
    let passed = p.now().saturating_sub(before);
    // One after the other they would take 10 s.
    ensure!(passed < 9_000, "20 sleeps of 500 ms, all at once, took {passed} ms");
    Ok(())
}

pub(super) async fn timeout_passes<P: Platform>(p: &P) -> Outcome {
    let value = p.timeout(Duration::from_secs(30), async {
        p.sleep(Duration::from_millis(5)).await;
        7
    });
    ensure!(value.await? == 7, "the value did not come through");
    Ok(())
}

pub(super) async fn timeout_fires<P: Platform>(p: &P) -> Outcome {
    struct Tells(Rc<Cell<bool>>);
    impl Drop for Tells {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let dropped = Rc::new(Cell::new(false));
    let tells = Tells(dropped.clone());
    let work = async move {
        std::future::pending::<()>().await;
        drop(tells);
    };
    ensure_err!(p.timeout(Duration::from_millis(50), work).await, Error::Timeout, "work without an end");
    ensure!(dropped.get(), "the work that timed out was not dropped");
    Ok(())
}
