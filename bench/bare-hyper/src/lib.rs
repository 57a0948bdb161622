//! A server as one writes it on hyper and tokio alone: one current-thread runtime per core, every request answered with
//! the same bytes. What `authorworks bench` measures the native platform against.

use std::{convert::Infallible, io, net::SocketAddr, thread, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Request, Response,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{Domain, Protocol, Socket, Type};

/// Serves `body` as `media_type` to every request on `addr`, on `threads` threads that end with the process. When this
/// returns, connections are accepted on the address that it returns.
///
/// # Errors
/// The port is taken.
pub fn serve(addr: SocketAddr, threads: usize, media_type: &'static str, body: Bytes) -> io::Result<SocketAddr> {
    let mut addr = addr;
    for _ in 0..threads {
        let listener = listen(addr)?;
        addr = listener.local_addr()?;
        let body = body.clone();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let local = tokio::task::LocalSet::new();
            local.block_on(&runtime, accept(listener, media_type, body))
        });
    }
    Ok(addr)
}

async fn accept(listener: std::net::TcpListener, media_type: &'static str, body: Bytes) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let body = body.clone();
        drop(tokio::task::spawn_local(async move {
            let service = service_fn(|request| answer(request, media_type, &body));
            // The client closes when it likes.
            let _ = protocol().serve_connection(TokioIo::new(socket), service).await;
        }));
    }
}

/// An asynchronous function of the request, as hyper's documentation has it.
async fn answer(
    _: Request<Incoming>,
    media_type: &'static str,
    body: &Bytes,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::new(Full::new(body.clone()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    Ok(response)
}

/// With the limits that a server on the open network sets, and that ours sets: a head that does not come is given up, and
/// a long one is taken.
fn protocol() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(15)).max_buf_size(131_072);
    builder
}

fn listen(addr: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    socket.listen(1024)?;
    Ok(socket.into())
}
