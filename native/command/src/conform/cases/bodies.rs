//! Bodies that must not be there, and bodies that pass through.

use std::io::ErrorKind;

use aw_conformance::origin::GZIP;

use super::{Verdict, ensure, protocol::goes_on};
use crate::conform::{
    wire::{self, Reply},
    world::World,
};

/// Sends a request and, on the same connection, a second one: a body where none may be would spoil its answer.
fn followed(world: &World, method: &str, target: &str, fields: &[(&str, &[u8])]) -> Result<Reply, super::Why> {
    let mut connection = world.connect()?;
    connection.send(&wire::request(method, target, fields, b""))?;
    let reply = connection.reply(method)?;
    if reply.head.closes() {
        // Nothing may come before the close either.
        let rest = connection.any_head("GET").map(|head| head.status);
        ensure!(matches!(&rest, Err(e) if e.kind() == ErrorKind::UnexpectedEof), "after it comes {rest:?}");
        return Ok(reply);
    }
    goes_on(&mut connection, &reply.head)?;
    Ok(reply)
}

fn bare(reply: &Reply, status: u16) -> Verdict {
    ensure!(reply.status() == status, "the status is {}", reply.status());
    // RFC 9110, section 8.6: none in a 204; in a 304 only the length that a 200 would have had.
    let length = reply.head.text("content-length");
    ensure!(
        length.is_none() || (status == 304 && length.as_deref() == Some("4")),
        "it says Content-Length: {length:?}"
    );
    ensure!(reply.head.all("transfer-encoding").next().is_none(), "it has a Transfer-Encoding");
    Ok(())
}

pub(super) fn head(world: &World) -> Verdict {
    let reply = followed(world, "HEAD", "/body?bytes=1000", &[])?;
    ensure!(reply.status() == 200, "the status is {}", reply.status());
    let length = reply.head.text("content-length");
    ensure!(length.as_deref().is_none_or(|n| n == "1000"), "the length is {length:?}, a GET's is 1000");
    Ok(())
}

pub(super) fn no_content(world: &World) -> Verdict {
    bare(&followed(world, "GET", "/status/204", &[])?, 204)
}

pub(super) fn not_modified(world: &World) -> Verdict {
    bare(&followed(world, "GET", "/status/304", &[])?, 304)
}

pub(super) fn proxy_head(world: &World) -> Verdict {
    let reply = followed(world, "HEAD", "/proxy/status/200", &[])?;
    ensure!(reply.status() == 200, "the status is {}", reply.status());
    let length = reply.head.text("content-length");
    ensure!(length.as_deref() == Some("4"), "the origin's Content-Length: 4 is {length:?}");
    Ok(())
}

pub(super) fn proxy_no_content(world: &World) -> Verdict {
    bare(&followed(world, "GET", "/proxy/status/204", &[])?, 204)
}

pub(super) fn proxy_not_modified(world: &World) -> Verdict {
    let reply = followed(world, "GET", "/proxy/etag", &[("If-None-Match", b"\"v1\"")])?;
    ensure!(reply.head.text("etag").as_deref() == Some("\"v1\""), "the ETag is {:?}", reply.head.text("etag"));
    bare(&reply, 304)
}

pub(super) fn gzip(world: &World) -> Verdict {
    for accepts in [&b"gzip, br"[..], b"identity"] {
        let reply = world.ask("GET", "/proxy/gzip", &[("Accept-Encoding", accepts)], b"")?;
        let coding = reply.head.text("content-encoding");
        ensure!(coding.as_deref() == Some("gzip"), "Content-Encoding is {coding:?}");
        ensure!(reply.body == GZIP, "the origin's {} bytes are {:?}", GZIP.len(), reply.text());
    }
    Ok(())
}

pub(super) fn statuses(world: &World) -> Verdict {
    for status in [200, 201, 203, 206, 299, 302, 400, 402, 404, 410, 418, 451, 499, 500, 503, 599] {
        let reply = world.get(&format!("/status/{status}"))?;
        ensure!(reply.status() == status && reply.body == b"body", "{status} is {} {:?}", reply.status(), reply.text());
    }
    Ok(())
}

pub(super) fn short(world: &World) -> Verdict {
    match world.get("/proxy/short") {
        Ok(reply) => ensure!(reply.status() >= 500, "10 of 1,000 bytes were answered as a whole {}", reply.status()),
        Err(e) => ensure!(e.kind() == ErrorKind::UnexpectedEof || e.kind() == ErrorKind::ConnectionReset, "{e}"),
    }
    Ok(())
}
