//! The scripted origin: a server on raw sockets that does what [`aw_conformance::origin`] says, good and bad.

mod answers;
mod ledger;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

pub(crate) use aw_runtimes::neighbour::Incoming;
pub(crate) use ledger::Ledger;

/// A running origin. Its threads end with the process.
pub(crate) struct Origin {
    /// Where it listens.
    pub(crate) addr: SocketAddr,
    /// Where one listens that never answers.
    pub(crate) slow: SocketAddr,
    /// Where nobody listens.
    pub(crate) dead: SocketAddr,
    /// What it has seen.
    pub(crate) ledger: Arc<Ledger>,
}

impl Origin {
    /// Starts it on free loopback ports.
    ///
    /// # Errors
    /// No port is free.
    pub(crate) fn start() -> Result<Self, aw_runtimes::Error> {
        let bind = || -> Result<TcpListener, aw_runtimes::Error> {
            Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, aw_runtimes::free_port()?))?)
        };
        let (listener, silent) = (bind()?, bind()?);
        let origin = Self {
            addr: listener.local_addr()?,
            slow: silent.local_addr()?,
            dead: SocketAddr::from((Ipv4Addr::LOCALHOST, aw_runtimes::free_port()?)),
            ledger: Arc::default(),
        };
        let ledger = origin.ledger.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let ledger = ledger.clone();
                // A connection that breaks is what some cases are about.
                thread::spawn(move || drop(serve(stream, &ledger)));
            }
        });
        thread::spawn(move || {
            for stream in silent.incoming().flatten() {
                thread::spawn(move || {
                    thread::sleep(Duration::from_secs(30));
                    drop(stream);
                });
            }
        });
        Ok(origin)
    }
}

/// Answers one request after the other until one side has had enough.
fn serve(stream: TcpStream, ledger: &Ledger) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(Duration::from_secs(30)))?;
    let mut buffer = Vec::new();
    loop {
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        let Some(mut request) = Incoming::read(&stream, &mut buffer)? else { return Ok(()) };
        let keep = answers::answer(&mut request, ledger)?;
        if !keep || !request.drain()? {
            return Ok(());
        }
    }
}
