//! Whether an attack got what it must get, and harmed nobody.

use std::{
    io::{self, ErrorKind},
    net::Shutdown,
    time::Duration,
};

use aw_platform::http::StatusCode;

use super::{
    Attack,
    forge::{Forge, Hidden},
};
use crate::conform::{
    site::HOST,
    wire::{self, Connection, Reply},
    world::World,
};

/// How long a server may wait for the rest of what is no whole request before it is told that nothing more comes.
const REST: Duration = Duration::from_secs(3);
/// And how long then.
const END: Duration = Duration::from_secs(8);
/// How long a hidden request has to show itself.
const SHOW: Duration = Duration::from_secs(3);

/// What must come of an attack.
#[derive(Clone, Copy)]
pub(super) enum Expect {
    /// The gateway's own answer: this status, and this code in the envelope.
    Error(u16, &'static str),
    /// The gateway's own answer: this status, and any code, where runtimes give the gateway different bytes.
    Status(u16),
    /// The gateway's own answer as a page, with this status.
    Page(u16),
    /// No answer at all, or a 4xx (501 for a transfer coding that nobody knows: RFC 9112, section 6.1) by whoever on
    /// the way has read enough.
    Refused,
    /// As [`Refused`](Self::Refused), or any answer but a 5xx: what the standards let a recipient take or leave.
    Harmless,
    /// Taken, and the answer is as this says.
    Taken(fn(&Reply) -> Result<(), String>),
}

/// What came back.
enum Outcome {
    /// The connection was closed, or is still waiting for the end of what is none.
    Silence,
    Answer(Reply),
}

/// Sends the attack and looks at what it got, at whether it had anything done that it hid, and at whether the site is
/// still there for the next reader.
pub(super) fn judge(world: &World, forge: &Forge, attack: &Attack) -> Result<(), String> {
    let hidden = Hidden::new();
    let mut connection = world.connect().map_err(|e| format!("cannot connect: {e}"))?;
    let outcome = send(&mut connection, &forge.with(hidden.clone()), attack);
    let verdict = expected(&attack.expect, &outcome);
    if hidden.used() && (answers_again(&mut connection)? || world.origin.ledger.get(&hidden.counter()) > 0) {
        return Err("the request that it hid was taken for one".to_owned());
    }
    still_there(world)?;
    verdict
}

fn send(connection: &mut Connection, forge: &Forge, attack: &Attack) -> Outcome {
    // Who has heard enough may close before everything is sent.
    let _ = connection.send(&(attack.bytes)(forge));
    let reply = match attack.expect {
        Expect::Refused | Expect::Harmless => answer_if_any(connection, attack),
        Expect::Error(..) | Expect::Status(_) | Expect::Page(_) | Expect::Taken(_) => connection.reply(attack.method),
    };
    reply.map_or(Outcome::Silence, Outcome::Answer)
}

/// Whether there is a second answer, other than that what is left over is no request.
fn answers_again(connection: &mut Connection) -> Result<bool, String> {
    connection.patience(SHOW).map_err(|e| format!("the connection: {e}"))?;
    Ok(connection.reply("POST").is_ok_and(|reply| !(400..500).contains(&reply.status())))
}

fn answer_if_any(connection: &mut Connection, attack: &Attack) -> io::Result<Reply> {
    if attack.whole {
        connection.patience(REST)?;
        match connection.reply(attack.method) {
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            other => return other,
        }
    }
    connection.sender()?.shutdown(Shutdown::Write)?;
    connection.patience(END)?;
    connection.reply(attack.method)
}

fn expected(expect: &Expect, outcome: &Outcome) -> Result<(), String> {
    match (expect, outcome) {
        (Expect::Refused | Expect::Harmless, Outcome::Silence) => Ok(()),
        (_, Outcome::Silence) => Err("there was no answer".to_owned()),
        (Expect::Error(status, code), Outcome::Answer(reply)) => enveloped(reply, *status, Some(code)),
        (Expect::Status(status), Outcome::Answer(reply)) => enveloped(reply, *status, None),
        (Expect::Page(status), Outcome::Answer(reply)) => {
            let html = reply.head.text("content-type").is_some_and(|kind| kind.starts_with("text/html"));
            let ours = html && reply.head.text("x-request-id").is_some();
            if reply.status() == *status && ours { Ok(()) } else { Err(told(reply)) }
        }
        (Expect::Refused, Outcome::Answer(reply)) => {
            let no = (400..500).contains(&reply.status()) || reply.status() == StatusCode::NOT_IMPLEMENTED;
            if no { Ok(()) } else { Err(told(reply)) }
        }
        (Expect::Harmless, Outcome::Answer(reply)) => {
            if reply.status() < 500 || reply.status() == StatusCode::NOT_IMPLEMENTED {
                Ok(())
            } else {
                Err(told(reply))
            }
        }
        (Expect::Taken(holds), Outcome::Answer(reply)) => {
            if reply.status() >= 500 {
                Err(told(reply))
            } else {
                holds(reply).map_err(|why| format!("{why}: {}", told(reply)))
            }
        }
    }
}

/// Whether an answer is the gateway's envelope with that status, and that code where one is given.
fn enveloped(reply: &Reply, status: u16, code: Option<&str>) -> Result<(), String> {
    let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let error = &json["error"];
    let id = reply.head.text("x-request-id");
    let whole = error["code"].is_string()
        && error["message"].is_string()
        && id.is_some()
        && error["requestId"].as_str() == id.as_deref();
    if reply.status() == status && code.is_none_or(|code| error["code"] == code) && whole {
        Ok(())
    } else {
        Err(told(reply))
    }
}

fn told(reply: &Reply) -> String {
    let text: String = reply.text().chars().take(300).collect();
    format!("the answer is {} {text:?}", reply.status())
}

/// Whether a reader who comes next gets a page.
fn still_there(world: &World) -> Result<(), String> {
    let read = || -> io::Result<Reply> {
        let mut connection = world.connect()?;
        connection.send(&wire::request("GET", "/books/moby-dick/2", &[("Host", HOST.as_bytes())], b""))?;
        connection.reply("GET")
    };
    match read() {
        Ok(reply) if reply.status() == 200 && reply.text().contains("moby-dick 2") => Ok(()),
        Ok(reply) => Err(format!("the next reader gets {}", told(&reply))),
        Err(e) => Err(format!("the next reader gets no answer: {e}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conform::wire::{Framing, Head};

    fn answer(status: u16, fields: &[(&str, &str)], body: &str) -> Outcome {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        let head = Head { status, fields, framing: Framing::Length(body.len() as u64) };
        Outcome::Answer(Reply { head, body: body.as_bytes().to_vec() })
    }

    #[test]
    fn only_what_is_expected_passes() {
        let id = ("x-request-id", "r-1");
        let envelope = |status| answer(status, &[id], r#"{"error":{"code":"A_B","message":"no","requestId":"r-1"}}"#);
        let page = |status| answer(status, &[id, ("content-type", "text/html; charset=utf-8")], "<!doctype html>");
        let bare = |status| answer(status, &[], "");
        let ok = |expect: Expect, outcome: &Outcome| expected(&expect, outcome).is_ok();
        assert!(ok(Expect::Error(400, "A_B"), &envelope(400)) && ok(Expect::Status(400), &envelope(400)));
        assert!(!ok(Expect::Error(400, "A_C"), &envelope(400)) && !ok(Expect::Error(401, "A_B"), &envelope(400)));
        assert!(!ok(Expect::Error(400, "A_B"), &bare(400)) && !ok(Expect::Status(400), &page(400)));
        assert!(
            ok(Expect::Page(404), &page(404))
                && !ok(Expect::Page(404), &page(200))
                && !ok(Expect::Page(404), &bare(404))
        );
        for status in [400, 413, 414, 431, 501] {
            assert!(ok(Expect::Refused, &bare(status)) && ok(Expect::Harmless, &bare(status)), "{status}");
        }
        assert!(ok(Expect::Refused, &Outcome::Silence) && ok(Expect::Harmless, &Outcome::Silence));
        assert!(!ok(Expect::Refused, &bare(200)) && ok(Expect::Harmless, &bare(200)));
        for status in [500, 502, 503] {
            let taken = Expect::Taken(|_| Ok(()));
            assert!([Expect::Refused, Expect::Harmless, taken].iter().all(|e| !ok(*e, &bare(status))), "{status}");
        }
        for expect in [Expect::Error(400, "A_B"), Expect::Status(400), Expect::Page(404), Expect::Taken(|_| Ok(()))] {
            assert!(!ok(expect, &Outcome::Silence));
        }
    }
}
