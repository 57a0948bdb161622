//! Large bodies, through constant memory.

use std::{
    io::{self, Write},
    net::TcpStream,
    thread,
};

use aw_conformance::origin::pattern;
use serde_json::Value;

use super::{Verdict, Why, ensure};
use crate::conform::{wire::Connection, world::World};

const MB: u64 = 1_000_000;
/// A guest that streams takes no more than this, whatever the size of the body.
const GUEST: u64 = 24 * MB;
/// The host's buffers may grow by so much: far less than the bodies.
const HOST: u64 = 100 * MB;

/// A multiple of the pattern's period.
const PART: usize = 251 * 256;

/// Sends `total` bytes of the pattern, as they are or in chunks.
fn send(mut to: TcpStream, total: u64, chunked: bool) -> io::Result<()> {
    let mut part = vec![0; PART];
    pattern(0, &mut part);
    let mut left = total;
    while left > 0 {
        let n = left.min(PART as u64) as usize;
        if chunked {
            write!(to, "{n:x}\r\n")?;
        }
        to.write_all(&part[..n])?;
        if chunked {
            to.write_all(b"\r\n")?;
        }
        left -= n as u64;
    }
    if chunked {
        to.write_all(b"0\r\n\r\n")?;
    }
    Ok(())
}

/// What was read of a body of the pattern.
struct Read {
    /// How many bytes were of the pattern.
    matched: u64,
    /// What came after `total` bytes.
    rest: Vec<u8>,
    /// The most resident memory seen meanwhile.
    resident: u64,
}

/// Reads a response of `total` bytes of the pattern and a rest.
fn read(world: &World, from: &mut Connection, method: &str, total: u64) -> Result<Read, Why> {
    let head = from.head(method)?;
    ensure!(head.status == 200, "the status is {}", head.status);
    let mut framing = head.framing;
    let (mut at, mut seen, mut expected) = (0, Read { matched: 0, rest: Vec::new(), resident: 0 }, Vec::new());
    let mut sampled = 0;
    loop {
        let part = from.part(&mut framing)?;
        if part.is_empty() {
            return Ok(seen);
        }
        let of_pattern = part.len().min((total - seen.matched) as usize);
        expected.resize(of_pattern, 0);
        pattern(at, &mut expected);
        ensure!(part[..of_pattern] == expected, "the bytes from {at} on are not those sent");
        seen.matched += of_pattern as u64;
        seen.rest.extend_from_slice(&part[of_pattern..]);
        ensure!(seen.rest.len() < 1_000, "the body goes on past its end");
        at += part.len() as u64;
        if at - sampled > 10 * MB {
            sampled = at;
            seen.resident = seen.resident.max(world.resident());
        }
    }
}

/// Sends `total` bytes to `target` while the answer is read.
fn upload(world: &World, target: &str, total: u64, chunked: bool) -> Result<(Connection, thread::JoinHandle<()>), Why> {
    let mut connection = world.connect()?;
    let length = if chunked { "Transfer-Encoding: chunked".to_owned() } else { format!("Content-Length: {total}") };
    connection.send(format!("PUT {target} HTTP/1.1\r\nHost: conformance.test\r\n{length}\r\n\r\n").as_bytes())?;
    let sender = connection.sender()?;
    // An error here shows at the other end, as an answer that is too short.
    let sending = thread::spawn(move || drop(send(sender, total, chunked)));
    Ok((connection, sending))
}

fn grown(before: u64, seen: &Read) -> Verdict {
    let grown = seen.resident.saturating_sub(before);
    ensure!(grown < HOST, "the runtime grew by {} MB", grown / MB);
    Ok(())
}

fn echo(world: &World, target: &str) -> Verdict {
    let total = 20 * MB;
    let before = world.resident();
    let (mut connection, sending) = upload(world, target, total, false)?;
    let seen = read(world, &mut connection, "PUT", total)?;
    ensure!(seen.matched == total && seen.rest.is_empty(), "{} of {total} bytes came back", seen.matched);
    let _ = sending.join();
    grown(before, &seen)
}

pub(super) fn echo_20_mb(world: &World) -> Verdict {
    echo(world, "/echo")
}

pub(super) fn proxy_upload_20_mb(world: &World) -> Verdict {
    echo(world, "/proxy/echo")
}

fn sink(world: &World, chunked: bool) -> Verdict {
    let total = 20 * MB;
    let (mut connection, sending) = upload(world, "/sink", total, chunked)?;
    let reply = connection.reply("PUT")?;
    let _ = sending.join();
    let seen: Value = serde_json::from_slice(&reply.body).map_err(|_| format!("it answered {:?}", reply.text()))?;
    ensure!(seen["bytes"] == total, "{total} bytes arrived as {}", seen["bytes"]);
    // SHA-256 of 20,000,000 bytes of the pattern, by another implementation.
    let sum = "37a2e354ca1974c2787ba91febf6fe6a3d67621e90ad9853e02e768e72e2eb49";
    ensure!(seen["sha256"].as_str().is_some_and(|s| s == sum), "the sum is {}", seen["sha256"]);
    ensure!(seen["memory"].as_u64().is_some_and(|n| n < GUEST), "the guest has {} bytes", seen["memory"]);
    Ok(())
}

pub(super) fn upload_20_mb(world: &World) -> Verdict {
    sink(world, false)
}

pub(super) fn upload_20_mb_chunked(world: &World) -> Verdict {
    sink(world, true)
}

fn download(world: &World, target: &str) -> Result<Read, Why> {
    let total = 200 * MB;
    let before = world.resident();
    let mut connection = world.connect()?;
    connection.send(format!("GET {target}?bytes={total} HTTP/1.1\r\nHost: conformance.test\r\n\r\n").as_bytes())?;
    let seen = read(world, &mut connection, "GET", total)?;
    ensure!(seen.matched == total, "{} of {total} bytes arrived", seen.matched);
    grown(before, &seen)?;
    Ok(seen)
}

pub(super) fn download_200_mb(world: &World) -> Verdict {
    let seen = download(world, "/produce")?;
    let last = String::from_utf8_lossy(&seen.rest).into_owned();
    let memory = last.trim().strip_prefix("memory=").and_then(|n| n.parse::<u64>().ok());
    ensure!(memory.is_some_and(|n| n < GUEST), "the guest's last line is {last:?}");
    Ok(())
}

pub(super) fn proxy_download_200_mb(world: &World) -> Verdict {
    let seen = download(world, "/proxy/big")?;
    ensure!(seen.rest.is_empty(), "{} bytes too many", seen.rest.len());
    Ok(())
}
