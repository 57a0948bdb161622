//! Listening sockets: one per thread on one port, so that the kernel spreads the connections.

use std::{io, net::SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

fn socket(addr: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// `count` sockets that listen on `addr`; for port 0 all on the same free port.
///
/// # Errors
/// The port is taken, by this program too; the address is not this machine's.
pub fn listen(mut addr: SocketAddr, count: usize) -> io::Result<Vec<std::net::TcpListener>> {
    // Sockets that share a port would share it with another process of ours: one that does not share goes first.
    if addr.port() != 0 {
        let probe = socket(addr)?;
        probe.bind(&addr.into())?;
        probe.listen(1)?;
    }
    (0..count)
        .map(|_| {
            let socket = socket(addr)?;
            socket.set_reuse_port(true)?;
            socket.bind(&addr.into())?;
            socket.listen(BACKLOG)?;
            let listener = std::net::TcpListener::from(socket);
            addr = listener.local_addr()?;
            Ok(listener)
        })
        .collect()
}
