//! Header fields and the request line, in bytes.

use aw_conformance::origin::{COOKIES, hex, opaque};
use aw_platform::limits::HEADER_COUNT;

use super::{Verdict, ensure};
use crate::conform::{wire::Reply, world::World};

fn two_cookies(reply: &Reply) -> Verdict {
    let got: Vec<_> = reply.head.all("set-cookie").map(String::from_utf8_lossy).collect();
    ensure!(got == COOKIES, "the two Set-Cookie fields are {got:?}");
    Ok(())
}

pub(super) fn cookies(world: &World) -> Verdict {
    two_cookies(&world.get("/cookies")?)
}

pub(super) fn proxy_cookies(world: &World) -> Verdict {
    two_cookies(&world.get("/proxy/cookies")?)
}

fn opaque_bytes(reply: &Reply) -> Verdict {
    let got: Vec<_> = reply.head.all("x-opaque").map(hex).collect();
    ensure!(got == [hex(&opaque())], "the bytes 80 to ff are {got:?}");
    Ok(())
}

pub(super) fn opaque_out(world: &World) -> Verdict {
    opaque_bytes(&world.get("/opaque")?)
}

pub(super) fn proxy_opaque(world: &World) -> Verdict {
    opaque_bytes(&world.get("/proxy/opaque")?)
}

/// The values, in hexadecimal, that the guest saw of the field `name`.
fn seen(reply: &Reply, name: &str) -> Vec<String> {
    let start = format!("{name}=");
    reply.text().lines().filter_map(|line| line.strip_prefix(&start)).map(str::to_owned).collect()
}

pub(super) fn opaque_in(world: &World) -> Verdict {
    let reply = world.ask("GET", "/headers", &[("X-Opaque", &opaque())], b"")?;
    let got = seen(&reply, "x-opaque");
    ensure!(got == [hex(&opaque())], "the guest saw the bytes 80 to ff as {got:?}");
    Ok(())
}

pub(super) fn repeated(world: &World) -> Verdict {
    let fields: [(&str, &[u8]); 3] = [("X-Many", b"one"), ("X-Other", b"o"), ("x-many", b"two, three")];
    let got = seen(&world.ask("GET", "/headers", &fields, b"")?, "x-many");
    // RFC 9110, section 5.3: a recipient may join the lines of one field with a comma.
    let joined = [hex(b"one, two, three")];
    ensure!(got == [hex(b"one"), hex(b"two, three")] || got == joined, "two lines of one field are {got:?}");
    Ok(())
}

pub(super) fn target(world: &World) -> Verdict {
    for query in ["x=%41&y=a+b&&w=1?2/3", "", "~a'b(c)*!$,;:@", "%C3%BC=%2F%2e%2E"] {
        let target = format!("/headers?{query}");
        let reply = world.get(&target)?;
        let line = reply.text().lines().next().unwrap_or_default().to_owned();
        ensure!(line == format!("GET {target}"), "{target} arrived as {line:?}");
    }
    Ok(())
}

pub(super) fn methods(world: &World) -> Verdict {
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let reply = world.ask(method, "/headers", &[], b"")?;
        let line = reply.text().lines().next().unwrap_or_default().to_owned();
        ensure!(line == format!("{method} /headers"), "{method} arrived as {line:?}");
    }
    Ok(())
}

pub(super) fn forged_address(world: &World) -> Verdict {
    const FORGED: &str = "203.0.113.66";
    let names = [
        "X-Forwarded-For",
        "X-Real-IP",
        "CF-Connecting-IP",
        "CF-Connecting-IPv6",
        "True-Client-IP",
        "Fastly-Client-IP",
        "Spin-Client-Addr",
        "X-Client-IP",
        "Forwarded",
    ];
    for name in names {
        let value = match name {
            "Forwarded" => format!("for={FORGED}"),
            "Spin-Client-Addr" => format!("{FORGED}:4711"),
            _ => FORGED.to_owned(),
        };
        let reply = world.ask("GET", "/ip", &[(name, value.as_bytes())], b"")?;
        ensure!(!reply.text().contains(FORGED), "the guest believes {name}: {value}");
    }
    Ok(())
}

pub(super) fn many(world: &World) -> Verdict {
    let value = [b'v'; 620];
    // With Host as many as there may be.
    let names: Vec<String> = (1..HEADER_COUNT).map(|n| format!("X-Field-{n}")).collect();
    let fields: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &value[..])).collect();
    let reply = world.ask("GET", "/limits", &fields, b"")?;
    ensure!(
        reply.status() == 200,
        "60 kB in {HEADER_COUNT} fields are within the limits, and it answered {}",
        reply.status()
    );
    Ok(())
}
