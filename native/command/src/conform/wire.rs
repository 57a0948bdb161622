//! A client that sends bytes as they are given and keeps what comes back as it came.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long a server may be silent before a case gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The longest response head that is read.
const LONGEST_HEAD: usize = 1 << 20;

/// How the end of a body is told (RFC 9112, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is none.
    Nothing,
    /// So many bytes.
    Length(u64),
    /// In chunks.
    Chunked,
    /// Until the connection is closed.
    Close,
}

/// A response's status line and header fields.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// The status code.
    pub(crate) status: u16,
    /// Names in lower case, values in bytes, in the order received.
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    /// How the body ends.
    pub(crate) framing: Framing,
}

impl Head {
    /// Every value of the field `name`.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_slice())
    }

    /// Whether the server says that the connection ends with this response.
    pub(crate) fn closes(&self) -> bool {
        self.text("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"))
    }

    /// The first value of the field `name`, as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.all(name).next().map(|v| String::from_utf8_lossy(v).into_owned())
    }
}

/// A whole response.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// Its head.
    pub(crate) head: Head,
    /// Its body, without the framing.
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The status code.
    pub(crate) fn status(&self) -> u16 {
        self.head.status
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection to a server.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// What is left of the chunk that is being read.
    chunk: u64,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what.to_owned())
}

impl Connection {
    /// Connects.
    pub(crate) fn open(addr: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&addr, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new(), chunk: 0 })
    }

    /// Waits at most this long for the next bytes.
    pub(crate) fn patience(&self, limit: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(limit))
    }

    /// Sends these bytes.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Another handle for sending, while this one reads.
    pub(crate) fn sender(&self) -> io::Result<TcpStream> {
        self.stream.try_clone()
    }

    /// Reads more into the buffer; 0 where the other side has closed.
    fn more(&mut self) -> io::Result<usize> {
        let mut part = [0; 65_536];
        let n = self.stream.read(&mut part)?;
        self.buffer.extend_from_slice(&part[..n]);
        Ok(n)
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|w| w == b"\r\n") {
                let line = self.buffer.drain(..end + 2).take(end).collect();
                return Ok(line);
            }
            if self.buffer.len() > LONGEST_HEAD {
                return Err(broken("a line without an end"));
            }
            if self.more()? == 0 {
                let what = if self.buffer.is_empty() { "closed" } else { "closed in the middle of a line" };
                return Err(io::Error::new(ErrorKind::UnexpectedEof, what));
            }
        }
    }

    /// Reads one head, interim ones included. `method` tells whether a body may follow.
    pub(crate) fn any_head(&mut self, method: &str) -> io::Result<Head> {
        let line = self.line()?;
        let text = String::from_utf8_lossy(&line).into_owned();
        let status = text.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse().ok());
        let Some(status) = status else { return Err(broken(&format!("{text:?} is no status line"))) };
        let mut fields = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let colon = line.iter().position(|&b| b == b':').ok_or_else(|| broken("a field without a colon"))?;
            let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
            fields.push((name, line[colon + 1..].trim_ascii().to_vec()));
        }
        let mut head = Head { status, fields, framing: Framing::Close };
        head.framing = framing(method, &head)?;
        self.chunk = 0;
        Ok(head)
    }

    /// Reads the head of the final response.
    pub(crate) fn head(&mut self, method: &str) -> io::Result<Head> {
        loop {
            let head = self.any_head(method)?;
            if !(100..200).contains(&head.status) {
                return Ok(head);
            }
        }
    }

    /// The next part of the body, empty at its end. An end that comes too early is an error.
    pub(crate) fn part(&mut self, framing: &mut Framing) -> io::Result<Vec<u8>> {
        match framing {
            Framing::Nothing | Framing::Length(0) => Ok(Vec::new()),
            Framing::Length(left) => {
                let part = self.some(*left)?;
                *left -= part.len() as u64;
                Ok(part)
            }
            Framing::Close => {
                if self.buffer.is_empty() && self.more()? == 0 {
                    *framing = Framing::Nothing;
                }
                Ok(std::mem::take(&mut self.buffer))
            }
            Framing::Chunked => {
                if self.chunk == 0 {
                    let line = String::from_utf8_lossy(&self.line()?).into_owned();
                    let size = line.split(';').next().unwrap_or_default().trim();
                    self.chunk = u64::from_str_radix(size, 16).map_err(|_| broken("a chunk without a size"))?;
                    if self.chunk == 0 {
                        while !self.line()?.is_empty() {}
                        *framing = Framing::Nothing;
                        return Ok(Vec::new());
                    }
                }
                let part = self.some(self.chunk)?;
                self.chunk -= part.len() as u64;
                if self.chunk == 0 && !self.line()?.is_empty() {
                    return Err(broken("a chunk longer than its size"));
                }
                Ok(part)
            }
        }
    }

    fn some(&mut self, most: u64) -> io::Result<Vec<u8>> {
        if self.buffer.is_empty() && self.more()? == 0 {
            return Err(io::Error::new(ErrorKind::UnexpectedEof, "the body was cut"));
        }
        let n = self.buffer.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(self.buffer.drain(..n).collect())
    }

    /// Reads the whole response to a request with this method.
    pub(crate) fn reply(&mut self, method: &str) -> io::Result<Reply> {
        let head = self.head(method)?;
        let body = self.rest(head.framing)?;
        Ok(Reply { head, body })
    }

    /// What is left of the body, to its end.
    pub(crate) fn rest(&mut self, mut framing: Framing) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let part = self.part(&mut framing)?;
            if part.is_empty() {
                return Ok(body);
            }
            body.extend_from_slice(&part);
        }
    }
}

fn framing(method: &str, head: &Head) -> io::Result<Framing> {
    if method == "HEAD" || matches!(head.status, 100..=199 | 204 | 304) {
        return Ok(Framing::Nothing);
    }
    if head.all("transfer-encoding").next().is_some() {
        return Ok(Framing::Chunked);
    }
    match head.text("content-length") {
        Some(text) => text.parse().map(Framing::Length).map_err(|_| broken("Content-Length is not a number")),
        None => Ok(Framing::Close),
    }
}

/// A request of these parts with `Host`, unless that is one of the fields, and, for a body, `Content-Length`.
pub(crate) fn request(method: &str, target: &str, fields: &[(&str, &[u8])], body: &[u8]) -> Vec<u8> {
    let mut out = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
    if !fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        out.extend_from_slice(b"Host: conformance.test\r\n");
    }
    for (name, value) in fields {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    if !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
        out.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out
}
