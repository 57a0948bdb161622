//! Clients that go away.

use std::time::Duration;

use super::{Verdict, ensure};
use crate::conform::{
    wire,
    world::{World, unique},
};

fn cut(world: &World, id: &str) -> Verdict {
    let cut = world.origin.ledger.reaches(&format!("cut {id}"), 1, Duration::from_secs(8));
    ensure!(cut, "the client has gone, and 8 s later the fetch for it still runs");
    Ok(())
}

pub(super) fn pending(world: &World) -> Verdict {
    let id = unique("never");
    let mut connection = world.connect()?;
    connection.send(&wire::request("GET", &format!("/proxy/never?id={id}"), &[], b""))?;
    let asked = world.origin.ledger.reaches(&format!("asked {id}"), 1, Duration::from_secs(10));
    ensure!(asked, "the fetch did not arrive at the origin");
    drop(connection);
    cut(world, &id)
}

pub(super) fn body(world: &World) -> Verdict {
    let id = unique("endless");
    let mut connection = world.connect()?;
    connection.send(&wire::request("GET", &format!("/proxy/endless?id={id}"), &[], b""))?;
    let mut framing = connection.head("GET")?.framing;
    ensure!(!connection.part(&mut framing)?.is_empty(), "an endless body has no first part");
    drop(connection);
    cut(world, &id)
}

pub(super) fn upload(world: &World) -> Verdict {
    for target in ["/sink", "/echo", "/proxy/echo", "/limits"] {
        let mut connection = world.connect()?;
        connection.send(
            format!("PUT {target} HTTP/1.1\r\nHost: conformance.test\r\nContent-Length: 900000\r\n\r\nhalf").as_bytes(),
        )?;
        drop(connection);
    }
    let reply = world.get("/status/200")?;
    ensure!(reply.status() == 200, "after four cut uploads the next request is a {}", reply.status());
    Ok(())
}
