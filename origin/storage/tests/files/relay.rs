//! What stands between the origin and its object store, and breaks when it is told to.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The store never hears of it.
    Before,
    /// The store does it, and nobody hears of that.
    After,
    /// The store does it late: when the relay is let go.
    Late,
}

/// A relay to an object store. It breaks once.
pub(crate) struct Relay {
    pub(crate) addr: SocketAddr,
    seen: Arc<AtomicUsize>,
    go: Sender<()>,
    arrived: Receiver<()>,
}

impl Relay {
    /// One that breaks at request `at` (from 0).
    pub(crate) fn new(store: SocketAddr, at: usize, fault: Fault) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let (addr, seen) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let ((go, wait), (arrive, arrived)) = (channel(), channel());
        let counter = seen.clone();
        let wait = Arc::new(std::sync::Mutex::new(wait));
        std::thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let (counter, wait, arrive) = (counter.clone(), wait.clone(), arrive.clone());
                std::thread::spawn(move || {
                    let hold = || {
                        let _ = arrive.send(());
                        let _ = wait.lock().unwrap().recv();
                    };
                    relay(socket, store, |n| (n == at).then_some(fault), &counter, hold)
                });
            }
        });
        Self { addr, seen, go, arrived }
    }

    /// How many requests came.
    pub(crate) fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    /// Waits for a late request.
    pub(crate) fn arrived(&self) {
        self.arrived.recv().unwrap();
    }

    /// Lets a late request go.
    pub(crate) fn go(&self) {
        self.go.send(()).unwrap();
    }
}

/// Relays one request and its answer; both connections end with it.
fn relay(
    mut socket: TcpStream,
    store: SocketAddr,
    fault: impl Fn(usize) -> Option<Fault>,
    counter: &AtomicUsize,
    hold: impl Fn(),
) -> Option<()> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 1 << 16];
    let end = loop {
        let n = socket.read(&mut buffer).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let length = head
        .to_ascii_lowercase()
        .split("content-length: ")
        .nth(1)
        .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
    while bytes.len() < end + 4 + length {
        let n = socket.read(&mut buffer).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
    }
    let fault = fault(counter.fetch_add(1, Ordering::SeqCst));
    match fault {
        Some(Fault::Before) => return None,
        Some(Fault::Late) => hold(),
        _ => {}
    }
    let mut store = TcpStream::connect(store).ok()?;
    write!(store, "{head}\r\nconnection: close\r\n\r\n").ok()?;
    store.write_all(&bytes[end + 4..]).ok()?;
    let mut answer = Vec::new();
    store.read_to_end(&mut answer).ok()?;
    if fault == Some(Fault::After) {
        return None;
    }
    socket.write_all(&answer).ok()
}
