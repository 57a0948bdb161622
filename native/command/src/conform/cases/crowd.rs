//! Many at once.

use std::thread;

use super::{Verdict, Why, ensure};
use crate::conform::world::{World, unique};

/// Runs `work` so many times at once and gives the first failure.
fn all(count: usize, work: impl Fn(usize) -> Verdict + Sync) -> Verdict {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..count).map(|n| scope.spawn(move || work(n))).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(Why("a client panicked".into()))))
    })
}

pub(super) fn isolated(world: &World) -> Verdict {
    all(100, |n| {
        let id = format!("id{n}");
        for round in 0..3 {
            let body = format!("body-{n}-{round}");
            let reply =
                world.ask("POST", &format!("/isolated?id={id}"), &[("X-Id", id.as_bytes())], body.as_bytes())?;
            let expected = format!("{id}|{id}|{body}|{body}");
            ensure!(reply.text() == expected, "{expected:?} was answered {} {:?}", reply.status(), reply.text());
        }
        Ok(())
    })
}

pub(super) fn stampede(world: &World) -> Verdict {
    let key = unique("stampede");
    all(200, |_| {
        let reply = world.get(&format!("/stampede?key={key}"))?;
        ensure!(reply.status() == 200, "one of 200 is a {} {:?}", reply.status(), reply.text());
        Ok(())
    })?;
    let fills = world.origin.ledger.get(&format!("count {key}"));
    ensure!(fills == 1, "200 requests at once made {fills} requests to the origin");
    Ok(())
}
