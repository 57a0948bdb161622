//! What comes first leaves first. Each of these would wait for ever, or be refused, where something is buffered.

use std::time::Duration;

use serde_json::Value;

use super::{Verdict, ensure};
use crate::conform::{
    wire,
    world::{World, unique},
};

/// A response whose last part comes only after the first has been seen here.
fn staged(world: &World, target: &str) -> Verdict {
    let id = unique("staged");
    let mut connection = world.connect()?;
    connection.patience(Duration::from_secs(10))?;
    connection.send(&wire::request("GET", &format!("{target}?id={id}"), &[], b""))?;
    let head = connection.head("GET").map_err(|e| format!("no head before the last byte is there: {e}"))?;
    let mut framing = head.framing;
    let mut body = Vec::new();
    while body.len() < b"first\n".len() {
        let part = connection.part(&mut framing).map_err(|e| format!("no first byte before the last is there: {e}"))?;
        ensure!(!part.is_empty(), "the body ended after {body:?}");
        body.extend_from_slice(&part);
    }
    ensure!(body == b"first\n", "the first part is {:?}", String::from_utf8_lossy(&body));
    world.origin.ledger.add(&format!("release {id}"), 1);
    body.extend(connection.rest(framing)?);
    ensure!(body == b"first\nlast\n", "the whole is {:?}", String::from_utf8_lossy(&body));
    Ok(())
}

pub(super) fn hold(world: &World) -> Verdict {
    staged(world, "/proxy/hold")
}

pub(super) fn slow(world: &World) -> Verdict {
    staged(world, "/slow-stream")
}

pub(super) fn duplex(world: &World) -> Verdict {
    let mut connection = world.connect()?;
    connection.patience(Duration::from_secs(10))?;
    connection
        .send(b"PUT /echo HTTP/1.1\r\nHost: conformance.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none,\r\n")?;
    let head = connection.head("PUT").map_err(|e| format!("no answer while the request still comes: {e}"))?;
    let mut framing = head.framing;
    let first = connection.part(&mut framing)?;
    ensure!(first == b"one,", "the first part came back as {:?}", String::from_utf8_lossy(&first));
    connection.send(b"3\r\ntwo\r\n0\r\n\r\n")?;
    let rest = connection.rest(framing)?;
    ensure!(rest == b"two", "the rest came back as {:?}", String::from_utf8_lossy(&rest));
    Ok(())
}

pub(super) fn upload(world: &World) -> Verdict {
    let id = unique("take");
    let half = vec![b'x'; 500_000];
    let mut connection = world.connect()?;
    let head = format!("PUT /proxy/take?id={id} HTTP/1.1\r\nHost: conformance.test\r\nContent-Length: 1000000\r\n\r\n");
    connection.send(head.as_bytes())?;
    connection.send(&half)?;
    let arrived = world.origin.ledger.reaches(&format!("taken {id}"), 1, Duration::from_secs(10));
    ensure!(arrived, "half of the body is sent, and the origin has seen nothing of it");
    connection.send(&half)?;
    let reply = connection.reply("PUT")?;
    ensure!(reply.body == b"1000000", "the origin took {} of 1,000,000 bytes", reply.text());
    Ok(())
}

pub(super) fn two(world: &World) -> Verdict {
    let reply = world.get("/two")?;
    let seen: Value = serde_json::from_slice(&reply.body).map_err(|_| format!("it answered {:?}", reply.text()))?;
    ensure!(seen["met"] == true, "two fetches did not meet at the origin: {seen}");
    Ok(())
}
