//! What a client sees of a server that refuses its bodies, byte by byte.

use std::{
    convert::Infallible,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use http_body_util::BodyExt as _;
use hyper::{Request, Response, StatusCode, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;

/// Reads the body of what goes to `/read` and answers with its length; refuses everything else unread.
async fn answer(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let (request, rest) = aw_drain::request(request);
    let mut response = Response::new("refused".to_owned());
    if request.uri().path() == "/read" {
        *response.body_mut() = request.into_body().collect().await.unwrap().to_bytes().len().to_string();
    } else {
        *response.status_mut() = StatusCode::FORBIDDEN;
    }
    rest.close_unless_drained(response.headers_mut());
    Ok(response)
}

fn serve() -> SocketAddr {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service_fn(answer)));
            }
        });
    });
    addr
}

struct Client(TcpStream);

impl Client {
    fn new() -> Self {
        let socket = TcpStream::connect(serve()).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self(socket)
    }

    fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).unwrap();
    }

    /// A head, and as much as its length says.
    fn reply(&mut self) -> String {
        let mut text = String::new();
        let mut byte = [0];
        while !text.ends_with("\r\n\r\n") {
            self.0.read_exact(&mut byte).unwrap();
            text.push(byte[0].into());
        }
        let length = text.split_once("content-length: ").unwrap().1.split("\r\n").next().unwrap().parse().unwrap();
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        text + std::str::from_utf8(&body).unwrap()
    }

    fn closed(&mut self) -> bool {
        self.0.read(&mut [0]).is_ok_and(|n| n == 0)
    }
}

fn says_close(reply: &str) -> bool {
    reply.contains("connection: close\r\n")
}

#[test]
fn a_short_body_that_comes_after_its_refusal_costs_no_connection() {
    let mut client = Client::new();
    for _ in 0..3 {
        client.send("PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n");
        let reply = client.reply();
        assert!(reply.starts_with("HTTP/1.1 403") && !says_close(&reply), "{reply}");
        client.send("hello");
    }
    client.send("PUT /read HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello");
    assert!(client.reply().ends_with("\r\n\r\n5"));
}

#[test]
fn a_long_body_that_is_refused_ends_the_connection_and_its_sender_can_read_why() {
    for framing in ["content-length: 8000000", "transfer-encoding: chunked"] {
        let mut client = Client::new();
        client.send(format!("PUT / HTTP/1.1\r\nhost: x\r\n{framing}\r\n\r\n"));
        if framing.ends_with("chunked") {
            client.send("7a1200\r\n");
        }
        client.send(vec![b'x'; 8_000_000]);
        if framing.ends_with("chunked") {
            client.send("\r\n0\r\n\r\n");
        }
        let reply = client.reply();
        assert!(reply.starts_with("HTTP/1.1 403") && says_close(&reply), "{framing}: {reply}");
        assert!(client.closed(), "{framing}");
    }
}

#[test]
fn a_body_that_is_read_costs_no_connection() {
    let mut client = Client::new();
    for expect in ["", "expect: 100-continue\r\n"] {
        client.send(format!("PUT /read HTTP/1.1\r\nhost: x\r\n{expect}content-length: 2000000\r\n\r\n"));
        if !expect.is_empty() {
            let mut interim = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
            client.0.read_exact(&mut interim).unwrap();
            assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        client.send(vec![b'x'; 2_000_000]);
        let reply = client.reply();
        assert!(reply.ends_with("\r\n\r\n2000000") && !says_close(&reply), "{reply}");
    }
}

#[test]
fn a_body_that_was_held_back_is_not_waited_for() {
    let mut client = Client::new();
    client.send("PUT / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n");
    let reply = client.reply();
    assert!(reply.starts_with("HTTP/1.1 403") && says_close(&reply), "{reply}");
    assert!(client.closed());
}
