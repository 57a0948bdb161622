//! What the origin's deliveries to an edge pass: it loses, doubles and keeps them back as it is told.

use std::{
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use crate::conform::{
    Incoming,
    wire::{Connection, Reply},
};

/// How long the origin may keep a connection idle.
const IDLE: Duration = Duration::from_secs(30);

/// What happens to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It arrives, and so does its answer.
    None,
    /// It does not arrive.
    Lost,
    /// It arrives, and its answer is lost.
    Unanswered,
    /// It arrives twice.
    Doubled,
    /// It does not arrive until it is let go.
    Kept,
}

#[derive(Debug)]
struct State {
    fault: Fault,
    kept: Vec<Vec<u8>>,
    seen: u64,
}

/// A relay to one edge.
#[derive(Debug)]
pub(super) struct Relay {
    addr: SocketAddr,
    edge: SocketAddr,
    state: Mutex<State>,
}

impl Relay {
    /// Starts a relay to `edge`. It ends with the program.
    pub(super) fn start(edge: SocketAddr) -> io::Result<Arc<Self>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let state = State { fault: Fault::None, kept: Vec::new(), seen: 0 };
        let relay = Arc::new(Self { addr: listener.local_addr()?, edge, state: Mutex::new(state) });
        let serving = relay.clone();
        thread::Builder::new().name("relay".into()).spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let relay = serving.clone();
                // A connection that breaks off is the origin's to try again.
                thread::spawn(move || drop(relay.serve(&stream)));
            }
        })?;
        Ok(relay)
    }

    /// Where the origin delivers to.
    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on deliveries go this way.
    pub(super) fn set(&self, fault: Fault) {
        self.state().fault = fault;
    }

    /// How many deliveries have come.
    pub(super) fn seen(&self) -> u64 {
        self.state().seen
    }

    /// Lets go what was kept back, the newest first: the edge's answers, the oldest delivery's last.
    pub(super) fn let_go(&self) -> io::Result<Vec<u16>> {
        let kept = std::mem::take(&mut self.state().kept);
        kept.iter().rev().map(|request| Ok(self.forward(request)?.status())).collect()
    }

    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(IDLE))?;
        stream.set_nodelay(true)?;
        let mut buffer = Vec::new();
        loop {
            let Some(mut incoming) = Incoming::read(stream, &mut buffer)? else { return Ok(()) };
            let mut request = format!("{} {} HTTP/1.1\r\n", incoming.method, incoming.target).into_bytes();
            for (name, value) in &incoming.fields {
                request.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
            }
            request.extend(b"\r\n");
            request.extend(incoming.rest()?);
            let fault = {
                let mut state = self.state();
                state.seen += 1;
                if state.fault == Fault::Kept {
                    state.kept.push(request.clone());
                }
                state.fault
            };
            match fault {
                Fault::None => incoming.send(&written(&self.forward(&request)?))?,
                Fault::Doubled => {
                    self.forward(&request)?;
                    incoming.send(&written(&self.forward(&request)?))?;
                }
                Fault::Unanswered => {
                    self.forward(&request)?;
                    return stream.shutdown(Shutdown::Both);
                }
                Fault::Lost | Fault::Kept => return stream.shutdown(Shutdown::Both),
            }
        }
    }

    fn forward(&self, request: &[u8]) -> io::Result<Reply> {
        let mut connection = Connection::open(self.edge)?;
        connection.send(request)?;
        connection.reply("PUT")
    }
}

/// An answer with a length of its own.
fn written(reply: &Reply) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {} \r\n", reply.status()).into_bytes();
    let framing = ["connection", "content-length", "keep-alive", "transfer-encoding"];
    for (name, value) in reply.head.fields.iter().filter(|(name, _)| !framing.contains(&name.as_str())) {
        out.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    // A 204 has no length (RFC 9110, section 8.6).
    if reply.status() != 204 {
        out.extend(format!("content-length: {}\r\n", reply.body.len()).into_bytes());
    }
    out.extend(b"\r\n");
    out.extend_from_slice(&reply.body);
    out
}
