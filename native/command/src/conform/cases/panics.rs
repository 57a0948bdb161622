//! A panic is one request's affair.

use std::time::Duration;

use serde_json::Value;

use super::{Verdict, ensure};
use crate::conform::{
    wire,
    world::{World, unique},
};

fn lives(world: &World) -> Verdict {
    for _ in 0..3 {
        let reply = world.get("/status/200")?;
        ensure!(
            reply.status() == 200 && reply.body == b"body",
            "after the panic the next request is a {}",
            reply.status()
        );
    }
    Ok(())
}

pub(super) fn status(world: &World) -> Verdict {
    for _ in 0..3 {
        let reply = world.get("/panic")?;
        ensure!(reply.status() == 500, "the status is {}", reply.status());
        ensure!(!reply.text().contains("on purpose"), "the answer tells the panic's words to a stranger");
        lives(world)?;
    }
    Ok(())
}

pub(super) fn envelope(world: &World) -> Verdict {
    let reply = world.get("/panic")?;
    let body: Value = serde_json::from_slice(&reply.body).map_err(|_| format!("the body is {:?}", reply.text()))?;
    ensure!(body["error"]["code"].is_string() && body["error"]["requestId"].is_string(), "the body is {body}");
    Ok(())
}

pub(super) fn spares(world: &World) -> Verdict {
    let id = unique("spared");
    let mut connection = world.connect()?;
    connection.send(&wire::request("GET", &format!("/slow-stream?id={id}"), &[], b""))?;
    let mut framing = connection.head("GET")?.framing;
    ensure!(connection.part(&mut framing)? == b"first\n", "the stream does not begin");
    let panicked = world.get("/panic")?.status();
    ensure!(panicked == 500, "the panic is a {panicked}");
    // Some answer 500 before the instance is torn down: give it time to do harm.
    std::thread::sleep(Duration::from_millis(300));
    world.origin.ledger.add(&format!("release {id}"), 1);
    let last =
        connection.part(&mut framing).map_err(|e| format!("a stream was cut by another request's panic: {e}"))?;
    ensure!(last == b"last\n", "the stream's last part is {:?}", String::from_utf8_lossy(&last));
    ensure!(connection.part(&mut framing)?.is_empty(), "the stream goes on past its end");
    lives(world)
}

pub(super) fn late(world: &World) -> Verdict {
    if let Ok(reply) = world.get("/panic-late") {
        ensure!(
            reply.status() == 500,
            "a body that broke off looks like a whole {} {:?}",
            reply.status(),
            reply.text()
        );
    }
    lives(world)
}
