//! The operator's door: what comes in here goes to the origin signed as the operator's, as `authorworks` signs it.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread::Scope,
};

use aw_origin_harness::{Answer, Who, World};

/// Headers that go on.
const GO_ON: [&str; 3] = ["content-type", "if-match", "idempotency-key"];
/// How many ask at once.
const DOORS: usize = 4;

/// A door that is open until it is closed.
pub(crate) struct Door {
    pub(crate) addr: SocketAddr,
    over: AtomicBool,
    listener: TcpListener,
}

impl Door {
    /// A door that nobody keeps yet.
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        Self { addr: listener.local_addr().expect("an address"), over: AtomicBool::new(false), listener }
    }

    /// Lets in what comes, for as long as the scope lasts or until [`close`](Self::close).
    pub(crate) fn open<'s>(&'s self, scope: &'s Scope<'s, '_>, world: &'s World, tenant: &'s str) {
        for _ in 0..DOORS {
            scope.spawn(move || {
                while let Ok((socket, _)) = self.listener.accept() {
                    if self.over.load(Ordering::Relaxed) {
                        return;
                    }
                    // Who hangs up has no answer.
                    let _ = pass(socket, world, tenant);
                }
            });
        }
    }

    /// Lets nobody in any more.
    pub(crate) fn close(&self) {
        self.over.store(true, Ordering::Relaxed);
        for _ in 0..DOORS {
            let _ = TcpStream::connect(self.addr);
        }
    }
}

fn pass(mut socket: TcpStream, world: &World, tenant: &str) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let fields: Vec<(String, &str)> =
        lines.filter_map(|line| line.split_once(':')).map(|(n, v)| (n.to_lowercase(), v.trim())).collect();
    let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, value)| *value);
    let length = field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    socket.read_exact(&mut body)?;
    let plain = |value: &str| value.bytes().all(|b| (b' '..=b'~').contains(&b));
    let go_on: Vec<(&str, &str)> =
        GO_ON.into_iter().filter_map(|name| field(name).map(|value| (name, value))).filter(|(_, v)| plain(v)).collect();
    let answer = world.try_ask(&Who::operator(tenant), method, target, &go_on, &body)?;
    write(&mut socket, method, &answer)
}

fn write(socket: &mut TcpStream, method: &str, answer: &Answer) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", answer.status);
    for (name, value) in
        answer.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "connection" | "content-length"))
    {
        head.push_str(&format!("{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes())));
    }
    if answer.status != 204 {
        head.push_str(&format!("content-length: {}\r\n", answer.body.len()));
    }
    socket.write_all(head.as_bytes())?;
    socket.write_all(b"\r\n")?;
    if method == "HEAD" { Ok(()) } else { socket.write_all(&answer.body) }
}
