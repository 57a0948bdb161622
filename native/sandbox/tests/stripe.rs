//! The provider's own client, as its makers publish it, against the sandbox.

use std::process::Command;

#[test]
fn the_official_client_works_against_it() {
    let tools = aw_runtimes::setup::node().expect("node");
    let clients = aw_runtimes::setup::clients().expect("stripe");
    let running = aw_sandbox::start(([127, 0, 0, 1], 0).into(), None).expect("a sandbox");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stripe.mjs");
    let mut node = Command::new(tools.program("node"));
    node.arg(script).env("CLIENTS", clients).env("PORT", running.addr().port().to_string());
    assert!(node.status().expect("node runs").success());
}

#[test]
fn its_state_outlives_it() {
    let file = std::env::temp_dir().join(format!("aw-sandbox-{}.json", std::process::id()));
    let ask = |port: u16| {
        use std::io::{Read, Write};
        let mut socket = std::net::TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        let request = "POST /v1/customers HTTP/1.1\r\nhost: x\r\nconnection: close\r\nidempotency-key: k\r\n\
            authorization: Bearer sk_sandbox_0123456789abcdef\r\ncontent-length: 7\r\n\r\nemail=a";
        socket.write_all(request.as_bytes()).expect("it reads");
        let mut text = String::new();
        socket.read_to_string(&mut text).expect("it answers");
        text.split("\r\n\r\n").nth(1).expect("a body").to_owned()
    };
    let first = aw_sandbox::start(([127, 0, 0, 1], 0).into(), Some(&file)).expect("a sandbox");
    let made = ask(first.addr().port());
    first.stop();
    let second = aw_sandbox::start(([127, 0, 0, 1], 0).into(), Some(&file)).expect("a sandbox");
    assert_eq!(ask(second.addr().port()), made);
    assert!(made.contains("cus_"), "{made}");
    second.stop();
    let _ = std::fs::remove_file(file);
}
