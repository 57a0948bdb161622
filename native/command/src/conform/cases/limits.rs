//! Requests at and over the portable limits.

use std::io::ErrorKind;

use aw_platform::limits::{HEADER_COUNT, URL};

use super::{Verdict, Why, ensure};
use crate::conform::{
    wire::{self, Reply},
    world::World,
};

/// The answer must be this error. The server's own front may say it before our code does, in its own words, and may
/// close before everything is sent.
fn refused(world: &World, request: &[u8], status: u16) -> Verdict {
    let mut connection = world.connect()?;
    let sent = connection.send(request);
    let reply = match connection.reply("POST") {
        Ok(reply) => reply,
        Err(e) => return Err(Why(format!("no answer: {e} (sending: {sent:?})"))),
    };
    ensure!(reply.status() == status, "the status is {}", reply.status());
    ours(&reply)?;
    let next = world.get("/status/200")?;
    ensure!(next.status() == 200, "the next request is a {}", next.status());
    Ok(())
}

fn ours(reply: &Reply) -> Verdict {
    if reply.head.text("content-type").is_some_and(|t| t.starts_with("application/json")) {
        let body: serde_json::Value = serde_json::from_slice(&reply.body).map_err(|e| format!("the envelope: {e}"))?;
        ensure!(body["error"]["code"].is_string(), "the body is {body}");
    }
    Ok(())
}

pub(super) fn url(world: &World) -> Verdict {
    let target = |length: usize| format!("/limits?{}", "x".repeat(length - "/limits?".len()));
    let reply = world.get(&target(URL))?;
    ensure!(reply.status() == 200, "a target of {URL} bytes is a {}", reply.status());
    refused(world, &wire::request("GET", &target(URL + 1), &[], b""), 414)
}

pub(super) fn header_count(world: &World) -> Verdict {
    let names: Vec<String> = (0..=HEADER_COUNT).map(|n| format!("X-Field-{n}")).collect();
    let fields: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"v"[..])).collect();
    refused(world, &wire::request("GET", "/limits", &fields, b""), 431)
}

pub(super) fn header_bytes(world: &World) -> Verdict {
    let value = [b'v'; 7_000];
    let names: Vec<String> = (0..10).map(|n| format!("X-Field-{n}")).collect();
    let fields: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &value[..])).collect();
    refused(world, &wire::request("GET", "/limits", &fields, b""), 431)
}

pub(super) fn body_declared(world: &World) -> Verdict {
    // The body is announced and never sent: whoever waits for it does not answer.
    let head = "POST /limits HTTP/1.1\r\nHost: conformance.test\r\nContent-Length: 50000000\r\n\r\n";
    refused(world, head.as_bytes(), 413)
}

pub(super) fn body_chunked(world: &World) -> Verdict {
    let mut connection = world.connect()?;
    connection.send(b"POST /limits HTTP/1.1\r\nHost: conformance.test\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    let chunk = [b"10000\r\n".as_slice(), &[b'x'; 65_536], b"\r\n"].concat();
    for _ in 0..17 {
        match connection.send(&chunk) {
            // It has heard enough, and said so.
            Err(e) if matches!(e.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => break,
            other => other?,
        }
    }
    let _ = connection.send(b"0\r\n\r\n");
    let reply = connection.reply("POST")?;
    ensure!(reply.status() == 413, "1.1 MB in chunks into a limit of 1 MB is a {}", reply.status());
    ours(&reply)
}

pub(super) fn body_fits(world: &World) -> Verdict {
    let reply = world.ask("POST", "/limits", &[], &[b'x'; 1_000_000])?;
    ensure!(
        reply.status() == 200 && reply.body == br#"{"bytes":1000000}"#,
        "1 MB is a {} {:?}",
        reply.status(),
        reply.text()
    );
    Ok(())
}
