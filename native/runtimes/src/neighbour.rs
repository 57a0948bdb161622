//! HTTP servers in this process that stand where a deployable finds somebody else's: a program that is told of events,
//! a mail API, an identity provider. They are for tests and measurements, and their threads end with the process.

mod incoming;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

pub use incoming::Incoming;

use crate::{Result, free_port};

/// A request, whole.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The request target as it was sent.
    pub target: String,
    /// The header fields in order.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Asked {
    /// The first value of the field `name`, where it is text.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| std::str::from_utf8(value).ok())
    }

    /// The path and the query of the target.
    pub fn split(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }
}

/// What a neighbour answers.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    fields: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// A status and nothing else.
    pub fn empty(status: u16) -> Self {
        Self { status, fields: Vec::new(), body: Vec::new() }
    }

    /// A status and JSON.
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self { body: value.to_string().into_bytes(), ..Self::empty(status) }.with("content-type", "application/json")
    }

    /// The same with one more header field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = format!("HTTP/1.1 {} Status\r\ncontent-length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.fields {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        out.push_str("\r\n");
        let mut out = out.into_bytes();
        out.extend_from_slice(&self.body);
        out
    }
}

/// A neighbour that has a place and does not answer yet.
#[derive(Debug)]
pub struct Neighbour {
    /// Where it is.
    pub addr: SocketAddr,
    listener: TcpListener,
}

impl Neighbour {
    /// One on a free port of this machine.
    ///
    /// # Errors
    /// No port is free.
    pub fn new() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, free_port()?))?;
        Ok(Self { addr: listener.local_addr()?, listener })
    }

    /// Answers all requests from now on as `answer` says, several at once; where it is.
    pub fn serve(self, answer: impl Fn(Asked) -> Answer + Send + Sync + 'static) -> SocketAddr {
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in self.listener.incoming().map_while(io::Result::ok) {
                let answer = answer.clone();
                // The client closes when it likes.
                thread::spawn(move || drop(connection(&stream, &*answer)));
            }
        });
        self.addr
    }
}

fn connection(stream: &TcpStream, answer: &impl Fn(Asked) -> Answer) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(mut request) = Incoming::read(stream, &mut buffer)? {
        let body = request.rest()?;
        let asked = Asked {
            method: request.method.clone(),
            target: request.target.clone(),
            fields: request.fields.clone(),
            body,
        };
        request.send(&answer(asked).bytes())?;
        if !request.drain()? {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn requests_are_answered_one_after_another() {
        let addr = Neighbour::new().unwrap().serve(|asked| {
            let said = (asked.split().0, asked.field("X-Name"), asked.body.len());
            Answer::json(201, &serde_json::json!(said)).with("location", "/there")
        });
        let mut socket = TcpStream::connect(addr).unwrap();
        socket.write_all(b"PUT /a?b HTTP/1.1\r\nx-name: n\r\ncontent-length: 3\r\n\r\nabc").unwrap();
        let last = b"GET /c HTTP/1.1\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n2\r\nxy\r\n0\r\n\r\n";
        socket.write_all(last).unwrap();
        let mut text = String::new();
        socket.read_to_string(&mut text).unwrap();
        let answers: Vec<_> = text.split("HTTP/1.1 ").skip(1).collect();
        assert!(answers[0].starts_with("201 ") && answers[0].ends_with("\r\n\r\n[\"/a\",\"n\",3]"), "{text}");
        assert!(answers[1].contains("\r\nlocation: /there\r\n") && answers[1].ends_with("[\"/c\",null,2]"), "{text}");
    }
}
