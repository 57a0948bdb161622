//! HTTP/1 as clients really speak it.

use std::{io::ErrorKind, thread::sleep, time::Duration};

use super::{Verdict, ensure};
use crate::conform::{
    wire::{self, Connection, Head},
    world::World,
};

pub(super) fn keep_alive(world: &World) -> Verdict {
    let mut connection = world.connect()?;
    for n in 0..20 {
        let body = format!("request {n}");
        connection.send(&wire::request("POST", "/echo", &[], body.as_bytes()))?;
        let reply = connection.reply("POST").map_err(|e| format!("request {n} on one connection: {e}"))?;
        ensure!(reply.body == body.as_bytes(), "request {n} was answered {:?}", reply.text());
    }
    Ok(())
}

pub(super) fn pipelined(world: &World) -> Verdict {
    let mut connection = world.connect()?;
    let mut all = Vec::new();
    for n in 0..5 {
        all.extend(wire::request("POST", "/echo", &[], format!("request {n}").as_bytes()));
    }
    connection.send(&all)?;
    for n in 0..5 {
        let reply = connection.reply("POST").map_err(|e| format!("answer {n} of five: {e}"))?;
        ensure!(reply.text() == format!("request {n}"), "answer {n} of five is {:?}", reply.text());
    }
    Ok(())
}

pub(super) fn old(world: &World) -> Verdict {
    for target in ["/body?bytes=1000", "/produce?bytes=1000"] {
        let mut connection = world.connect()?;
        connection.send(format!("GET {target} HTTP/1.0\r\nHost: conformance.test\r\n\r\n").as_bytes())?;
        let reply = connection.reply("GET")?;
        ensure!(reply.status() == 200, "{target} is a {}", reply.status());
        ensure!(reply.body.len() >= 1_000, "{target} has {} bytes", reply.body.len());
        let coded = reply.head.all("transfer-encoding").next().is_some();
        ensure!(!coded, "{target} is sent in chunks, which HTTP/1.0 does not know");
    }
    Ok(())
}

pub(super) fn expect(world: &World) -> Verdict {
    let mut connection = world.connect()?;
    connection.patience(Duration::from_secs(10))?;
    let head = "PUT /sink HTTP/1.1\r\nHost: conformance.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    connection.send(head.as_bytes())?;
    let interim = connection.any_head("PUT").map_err(|e| format!("the client waits for a 100 and gets: {e}"))?;
    ensure!(interim.status == 100, "the client waits for a 100 and gets a {}", interim.status);
    connection.send(b"hello")?;
    let reply = connection.reply("PUT")?;
    ensure!(
        reply.status() == 200 && reply.text().contains("\"bytes\":5"),
        "it is a {} {:?}",
        reply.status(),
        reply.text()
    );
    Ok(())
}

/// What is refused unread: a server that reads a body before it asks us does so here, too.
const UNREAD: &str = "POST /status/200 HTTP/1.1\r\nHost: conformance.test\r\nContent-Length: 5\r\n";

/// The connection goes on, unless `head` has said that it does not.
pub(super) fn goes_on(connection: &mut Connection, head: &Head) -> Verdict {
    if head.closes() {
        return Ok(());
    }
    let next = connection.send(&wire::request("GET", "/status/200", &[], b"")).and_then(|()| connection.reply("GET"));
    let next = next.map_err(|e| format!("the next request on the connection: {e}"))?;
    let (status, text) = (next.status(), next.text());
    ensure!(status == 200 && text == "body", "the next request's answer is {status} {text:?}");
    Ok(())
}

pub(super) fn unread(world: &World) -> Verdict {
    let mut connection = world.connect()?;
    connection.send(format!("{UNREAD}\r\n").as_bytes())?;
    // Who answers without the body has done so by then.
    sleep(Duration::from_millis(300));
    connection.send(b"hello")?;
    let reply = connection.reply("POST")?;
    ensure!(reply.status() == 200, "it is a {}", reply.status());
    goes_on(&mut connection, &reply.head)
}

pub(super) fn unread_expect(world: &World) -> Verdict {
    let mut connection = world.connect()?;
    connection.patience(Duration::from_secs(10))?;
    connection.send(format!("{UNREAD}Expect: 100-continue\r\n\r\n").as_bytes())?;
    let mut head = connection.any_head("POST")?;
    let asked = head.status == 100;
    if asked {
        connection.send(b"hello")?;
        head = connection.head("POST")?;
    }
    ensure!(head.status == 200, "it is a {}", head.status);
    connection.rest(head.framing)?;
    // Unless it closes, the server is to read the body that it has not asked for (RFC 9110, section 10.1.1).
    if !asked {
        let _ = connection.send(b"hello");
    }
    goes_on(&mut connection, &head)
}

pub(super) fn chunks(world: &World) -> Verdict {
    let head = "POST /echo HTTP/1.1\r\nHost: conformance.test\r\nTransfer-Encoding: Chunked\r\n\r\n";
    let body = "1\r\na\r\n000002;name=value\r\nbc\r\nA\r\n0123456789\r\n0\r\nX-Trailer: t\r\n\r\n";
    let mut connection = world.connect()?;
    connection.send(format!("{head}{body}").as_bytes())?;
    let reply = connection.reply("POST")?;
    ensure!(reply.body == b"abc0123456789", "it came back as {} {:?}", reply.status(), reply.text());
    // A server may end the connection after a request in chunks, as long as it says so.
    goes_on(&mut connection, &reply.head)
}

pub(super) fn close(world: &World) -> Verdict {
    let mut connection = world.connect()?;
    connection.send(&wire::request("GET", "/status/200", &[("Connection", b"close")], b""))?;
    let reply = connection.reply("GET")?;
    ensure!(reply.body == b"body", "it answered {:?}", reply.text());
    connection.patience(Duration::from_secs(10))?;
    let rest = connection.any_head("GET").map(|head| head.status);
    let closed = matches!(&rest, Err(e) if matches!(e.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset));
    ensure!(closed, "the client asked to close, and after the answer comes {rest:?}");
    Ok(())
}
