//! The port cases on the reference platform: what passes in every real runtime passes here too, and the suite itself
//! is seen to fail where a port is broken.

mod origin;

use aw_conformance::{Fixture, cases, deployment as given};
use aw_memory::Memory;
use aw_platform::{App, Body, Bytes, http};

fn world() -> Memory {
    let p = Memory::new();
    p.set_config(given::GREETING, given::GREETING_VALUE);
    p.set_config(given::MOTTO, given::MOTTO_VALUE);
    p.set_secret(given::SECRET, given::SECRET_VALUE);
    origin::script(&p);
    p
}

fn ask(p: &Memory, target: &str, body: &'static [u8]) -> (u16, Bytes) {
    p.block_on(async {
        let app = Fixture::build(p).await.expect("the fixture starts");
        let request = http::Request::post(target).body(Body::from(Bytes::from_static(body))).expect("a request");
        let response = app.handle(p, request).await;
        (response.status().as_u16(), response.into_body().bytes(64 << 20).await.expect("a body"))
    })
}

#[test]
fn every_port_case_passes() {
    let mut failures = Vec::new();
    for name in cases::NAMES {
        let p = world();
        match p.block_on(cases::run(&p, name)) {
            Some(Ok(())) => {}
            Some(Err(why)) => failures.push(format!("{name}: {why}")),
            None => failures.push(format!("{name}: is in the list and not in the table")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn cases_have_names_of_their_own() {
    let mut names = cases::NAMES.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), cases::NAMES.len());
    let p = world();
    assert!(p.block_on(cases::run(&p, "no-such-case")).is_none());
}

#[test]
fn a_broken_world_fails_the_case_that_is_about_it() {
    let broken = |spoil: fn(&Memory), case: &str| {
        let p = world();
        spoil(&p);
        let outcome = p.block_on(cases::run(&p, case)).expect("a case of that name");
        outcome.expect_err(case).0
    };
    let why = broken(|p| p.set_config(given::GREETING, "hallo"), "config-present");
    assert!(why.contains("hallo"), "{why}");
    let why = broken(|p| p.set_secret(given::ABSENT_SECRET, "x"), "secret-absent-is-named");
    assert!(why.contains("nobody made"), "{why}");
    let why = broken(|p| p.set_now(1), "clock-is-sane");
    assert!(why.contains("1970") || why.contains("now is 1"), "{why}");
    let one_cookie = |p: &Memory| {
        p.backend("origin", |_| {
            let response = http::Response::builder().header("set-cookie", "a=1").body(Body::Empty);
            Box::pin(async { Ok(response.expect("a response")) })
        });
    };
    assert!(broken(one_cookie, "fetch-set-cookie-twice").contains("Set-Cookie"));
    assert!(broken(one_cookie, "fetch-gzip-is-not-decoded").contains("None"));
    assert!(broken(one_cookie, "fetch-get").contains("\"\""));
}

#[test]
fn the_fixture_answers_on_its_own_platform() {
    let p = world();
    assert_eq!(ask(&p, "/", b""), (200, Bytes::from("hello")));
    assert_eq!(ask(&p, "/echo", b"abc"), (200, Bytes::from("abc")));
    assert_eq!(ask(&p, "/status/418", b""), (418, Bytes::from("body")));
    assert_eq!(ask(&p, "/nothing", b"").0, 404);
    assert_eq!(ask(&p, "/kv/nothing", b"").0, 404);
    assert_eq!(ask(&p, "/limits", &[b'x'; 1_000_001]).0, 413);
    assert_eq!(ask(&p, "/isolated?id=7", b"b"), (200, Bytes::from("7||b|b")));
    assert_eq!(ask(&p, "/proxy/gzip", b"").1, aw_conformance::origin::GZIP);
    let (_, sunk) = ask(&p, "/sink", b"abc");
    let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert!(String::from_utf8_lossy(&sunk).contains(sum), "{sunk:?}");
    let (_, produced) = ask(&p, "/produce?bytes=200000", b"");
    let mut expected = vec![0; 200_000];
    aw_conformance::origin::pattern(0, &mut expected);
    expected.extend_from_slice(b"\nmemory=0\n");
    assert_eq!(produced, expected);
    let (_, outcome) = ask(&p, "/__case/clock-is-sane", b"");
    let outcome: serde_json::Value = serde_json::from_slice(&outcome).expect("JSON");
    assert_eq!(outcome, serde_json::json!({ "case": "clock-is-sane", "ok": true, "why": null }));
}
