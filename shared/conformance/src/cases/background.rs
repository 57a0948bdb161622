//! Work after the response, and records. Whether they take effect is seen from outside: see the HTTP cases.

use std::{cell::Cell, rc::Rc, time::Duration};

use aw_platform::Platform;

use crate::case::{Outcome, ensure};

pub(super) async fn returns_at_once<P: Platform>(p: &P) -> Outcome {
    let done = Rc::new(Cell::new(false));
    let (work, flag) = (p.clone(), done.clone());
    p.wait_until(async move {
        work.sleep(Duration::from_millis(300)).await;
        flag.set(true);
    });
    ensure!(!done.get(), "wait_until came back after its work was done");
    Ok(())
}

pub(super) async fn emit<P: Platform>(p: &P) -> Outcome {
    p.emit(b"{}");
    p.emit("{\"case\":\"emit\",\"text\":\"gr\u{fc}n \u{1F4D6}\"}".as_bytes());
    p.emit(format!("{{\"case\":\"emit\",\"long\":\"{}\"}}", "x".repeat(8_000)).as_bytes());
    Ok(())
}
