//! The origin is gone, and the book is read.

use std::collections::BTreeMap;

use aw_runtimes::{Error, Result};

use super::{
    Checks, Verdict,
    alike::Pages,
    press::{Edge, Press, title_at},
    pushes,
    reader::{member, stranger},
    relay::Fault,
    said,
};

/// How often the book is read at each edge.
const READS: usize = 1_000;

/// Kills the origin with a publish that has not arrived, reads the whole book at every edge, and brings it back.
pub(super) fn check(checks: &mut Checks<'_>, press: &mut Press, pages: &Pages) -> Result<()> {
    press.edges.iter().for_each(|edge| edge.relay.set(Fault::Lost));
    let before = press.edges.iter().map(title_at).collect::<Result<Vec<_>, _>>().map_err(Error)?;
    pushes::tried(press, "Chapter 1, revised")?;
    press.site.stack.hold_origin();
    press.edges.iter().for_each(|edge| edge.relay.set(Fault::None));
    for (edge, before) in press.edges.iter().zip(&before) {
        let first = title_at(edge).and_then(|title| match title == *before {
            true => Ok(()),
            false => Err(format!("it serves {title:?}, which cannot have arrived")),
        });
        checks.hold(&format!("{} serves what it has while the origin is gone", edge.name), first)?;
        checks.hold(&format!("{READS} reads at {} while the origin is gone", edge.name), reads(edge, press, pages))?;
        checks.hold(&format!("{} says that nobody can log in now", edge.name), login(edge))?;
    }
    press.site.stack.release_origin().map_err(said).map_err(Error)?;
    let verdict = press.arrived("Chapter 1, revised");
    checks.hold("a publish that was waiting arrives by itself when the origin is back", verdict)
}

/// Reads the book over and over, as a stranger and as one who pays.
fn reads(edge: &Edge, press: &Press, pages: &Pages) -> Verdict {
    let (mut nobody, mut payer) = (stranger(edge.addr), member(edge.addr, &press.token));
    let mut failures = Vec::new();
    for n in 0..READS {
        let (reader, pages): (_, &BTreeMap<String, Vec<u8>>) =
            if n % 2 == 0 { (&mut nobody, &pages.free) } else { (&mut payer, &pages.paid) };
        let Some((path, expected)) = pages.iter().nth(n / 2 % pages.len().max(1)) else {
            return Err("there is nothing to read".to_owned());
        };
        match reader.get(path) {
            Ok(reply) if reply.status() == 200 && reply.body == *expected => {}
            Ok(reply) => failures.push(format!("{path}: {}, {} bytes", reply.status(), reply.body.len())),
            Err(why) => failures.push(why),
        }
    }
    match failures.first() {
        None => Ok(()),
        Some(first) => Err(format!("{} failed, the first: {first}", failures.len())),
    }
}

/// What needs the origin is answered 503, with when to come back.
fn login(edge: &Edge) -> Verdict {
    let body = br#"{"email":"a@example.org","password":"whatever it is"}"#;
    let json = [("content-type", "application/json")];
    let reply = stranger(edge.addr).ask("POST", "/v1/auth/login", &json, body)?;
    match (reply.status(), reply.head.text("retry-after")) {
        (503, Some(_)) => Ok(()),
        (status, after) => Err(format!("{status}, Retry-After {after:?}")),
    }
}
