//! As much of an identity provider as it takes to be named by a press: origin/user/tests/factors has one that lets
//! people in.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

use serde_json::json;

/// Starts one, for as long as the process lives.
pub(crate) fn start() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let addr = listener.local_addr().expect("an address");
    thread::spawn(move || listener.incoming().flatten().for_each(|socket| drop(answer(socket, addr))));
    addr
}

fn answer(mut socket: TcpStream, addr: SocketAddr) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let issuer = format!("http://{addr}");
    let (status, body) = if head.starts_with(b"GET /.well-known/openid-configuration ") {
        let found = json!({ "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
            "token_endpoint_auth_methods_supported": ["client_secret_basic"] });
        ("200 OK", found)
    } else {
        ("400 Bad Request", json!({ "error": "invalid_grant" }))
    };
    let body = body.to_string();
    let length = body.len();
    write!(
        socket,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}
