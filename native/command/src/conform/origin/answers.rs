//! What the origin answers, target by target: see the table in [`aw_conformance::origin`].

use std::{
    io::{self, ErrorKind, Read},
    thread,
    time::{Duration, Instant},
};

use aw_conformance::origin::{COOKIES, GZIP, opaque, pattern, reflected};

use super::{Incoming, Ledger};

/// Answers `request`; whether the connection may be used again.
pub(crate) fn answer(request: &mut Incoming<'_>, ledger: &Ledger) -> io::Result<bool> {
    let path = request.split().0.to_owned();
    let id = |kind: &str, name: &str| format!("{kind} {}", request.arg(name));
    match path.as_str() {
        "/meet" => {
            let (group, count) = (id("meet", "group"), request.number("count"));
            ledger.add(&group, 1);
            if ledger.reaches(&group, count, Duration::from_secs(5)) {
                return text(request, 200, "met");
            }
            ledger.add(&group, -1);
            text(request, 408, "alone")
        }
        "/delay" => {
            thread::sleep(Duration::from_millis(request.number("ms")));
            text(request, 200, "slept")
        }
        "/drip" => {
            head(request, 200, &[("Content-Length", b"11")])?;
            request.send(b"first\n")?;
            thread::sleep(Duration::from_millis(request.number("ms")));
            sent(request.send(b"last\n"))
        }
        "/hold" => {
            head(request, 200, &[("Content-Length", b"11")])?;
            request.send(b"first\n")?;
            ledger.reaches(&id("release", "id"), 1, Duration::from_secs(20));
            sent(request.send(b"last\n"))
        }
        "/wait" => {
            let released = ledger.reaches(&id("release", "id"), 1, Duration::from_secs(20));
            if released { text(request, 200, "released") } else { text(request, 408, "nobody released it") }
        }
        "/release" => {
            ledger.add(&id("release", "id"), 1);
            text(request, 200, "released")
        }
        "/count" => {
            let count = ledger.add(&id("count", "key"), 1);
            thread::sleep(Duration::from_millis(300));
            text(request, 200, &count.to_string())
        }
        "/counted" => text(request, 200, &ledger.get(&id("count", "key")).to_string()),
        "/never" => {
            let cut = id("cut", "id");
            ledger.add(&id("asked", "id"), 1);
            if gone(request) {
                ledger.add(&cut, 1);
            }
            Ok(false)
        }
        "/endless" => {
            let cut = id("cut", "id");
            if endless(request).is_err() {
                ledger.add(&cut, 1);
            }
            Ok(false)
        }
        "/cut" => {
            let cut = ledger.reaches(&id("cut", "id"), 1, Duration::from_millis(request.number("wait")));
            text(request, 200, if cut { "yes" } else { "no" })
        }
        "/take" => {
            let seen = id("taken", "id");
            let mut taken = 0;
            loop {
                let part = request.part()?;
                if part.is_empty() {
                    return text(request, 200, &taken.to_string());
                }
                taken += part.len();
                ledger.add(&seen, part.len() as i64);
            }
        }
        "/gzip" => whole(request, 200, &[("Content-Encoding", b"gzip")], GZIP),
        "/cookies" => {
            let fields = COOKIES.map(|cookie| ("Set-Cookie", cookie.as_bytes()));
            whole(request, 200, &fields, b"two cookies")
        }
        "/opaque" => whole(request, 200, &[("X-Opaque", &opaque())], b"opaque"),
        "/echo" => echo(request),
        "/big" => big(request),
        "/redirect" => whole(request, 302, &[("Location", b"/elsewhere")], b""),
        "/etag" if request.field("if-none-match").as_deref() == Some("\"v1\"") => {
            head(request, 304, &[("ETag", b"\"v1\"")]).map(|()| true)
        }
        "/etag" => whole(request, 200, &[("ETag", b"\"v1\"")], b"body"),
        "/short" => {
            head(request, 200, &[("Content-Length", b"1000")])?;
            request.send(b"0123456789")?;
            Ok(false)
        }
        "/hang-up" => Ok(false),
        "/garbage" => request.send(b"\x00\x01\x02 this is not HTTP\n\n").map(|()| false),
        "/chunked" => {
            head(request, 200, &[("Transfer-Encoding", b"chunked")])?;
            sent(request.send(b"4\r\none,\r\n4;x=y\r\ntwo,\r\n5\r\nthree\r\n0\r\n\r\n"))
        }
        _ if path.starts_with("/reflect") => reflect(request),
        _ => match path.strip_prefix("/status/").and_then(|code| code.parse().ok()) {
            Some(204) => head(request, 204, &[]).map(|()| true),
            Some(304) => head(request, 304, &[]).map(|()| true),
            Some(code) => text(request, code, "body"),
            None => text(request, 404, "the origin has no such page"),
        },
    }
}

fn sent(result: io::Result<()>) -> io::Result<bool> {
    result.map(|()| true)
}

fn head(request: &Incoming<'_>, status: u16, fields: &[(&str, &[u8])]) -> io::Result<()> {
    let mut out = format!("HTTP/1.1 {status} Status\r\n").into_bytes();
    for (name, value) in fields {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    request.send(&out)
}

fn whole(request: &Incoming<'_>, status: u16, fields: &[(&str, &[u8])], body: &[u8]) -> io::Result<bool> {
    let length = body.len().to_string();
    let mut fields = fields.to_vec();
    fields.push(("Content-Length", length.as_bytes()));
    head(request, status, &fields)?;
    if request.method != "HEAD" {
        request.send(body)?;
    }
    Ok(true)
}

fn text(request: &Incoming<'_>, status: u16, body: &str) -> io::Result<bool> {
    whole(request, status, &[("Content-Type", b"text/plain")], body.as_bytes())
}

fn reflect(request: &mut Incoming<'_>) -> io::Result<bool> {
    let mut length = 0;
    loop {
        let part = request.part()?;
        if part.is_empty() {
            break;
        }
        length += part.len() as u64;
    }
    let fields = request.fields.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
    let seen = reflected(&request.method, &request.target, fields, length);
    text(request, 200, &seen)
}

fn echo(request: &mut Incoming<'_>) -> io::Result<bool> {
    head(request, 200, &[("Transfer-Encoding", b"chunked")])?;
    loop {
        let part = request.part()?;
        if part.is_empty() {
            return sent(request.send(b"0\r\n\r\n"));
        }
        request.send(format!("{:x}\r\n", part.len()).as_bytes())?;
        request.send(&part)?;
        request.send(b"\r\n")?;
    }
}

fn big(request: &Incoming<'_>) -> io::Result<bool> {
    let total = request.number("bytes");
    head(request, 200, &[("Content-Length", total.to_string().as_bytes())])?;
    let (mut at, mut part) = (0, vec![0; 251 * 256]);
    // A whole number of periods: every part is the same.
    pattern(0, &mut part);
    while at < total {
        let n = (total - at).min(part.len() as u64);
        request.send(&part[..n as usize])?;
        at += n;
    }
    Ok(true)
}

fn endless(request: &Incoming<'_>) -> io::Result<()> {
    head(request, 200, &[("Transfer-Encoding", b"chunked")])?;
    let until = Instant::now() + Duration::from_secs(30);
    while Instant::now() < until {
        request.send(b"a\r\n0123456789\r\n")?;
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Whether the peer closed the connection within 30 s.
fn gone(request: &Incoming<'_>) -> bool {
    let _ = request.stream.set_read_timeout(Some(Duration::from_secs(30)));
    let mut stream = request.stream;
    match stream.read(&mut [0; 1]) {
        Ok(n) => n == 0,
        Err(e) => !matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}
