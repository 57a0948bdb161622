//! A request at a neighbour, read from the socket as far as it is asked for.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
};

/// The longest request head that is read.
const LONGEST_HEAD: usize = 1 << 20;

#[derive(Debug)]
enum Left {
    Bytes(u64),
    /// In chunks: what is left of this one; `None` past the last.
    Chunk(Option<u64>),
}

/// A request whose body is still on the wire.
#[derive(Debug)]
pub struct Incoming<'a> {
    /// The method.
    pub method: String,
    /// The request target as it was sent.
    pub target: String,
    /// The header fields in order: names as sent, values in bytes.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The connection, for the answer.
    pub stream: &'a TcpStream,
    buffer: &'a mut Vec<u8>,
    left: Left,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what.to_owned())
}

impl<'a> Incoming<'a> {
    /// Reads a request's head; `None` where the peer has closed. `buffer` is the connection's, for all its requests.
    ///
    /// # Errors
    /// The connection breaks, or what comes is no head.
    pub fn read(stream: &'a TcpStream, buffer: &'a mut Vec<u8>) -> io::Result<Option<Self>> {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break end;
            }
            if buffer.len() > LONGEST_HEAD {
                return Err(broken("a head without an end"));
            }
            if more(stream, buffer)? == 0 {
                return Ok(None);
            }
        };
        let head: Vec<u8> = buffer.drain(..end + 4).collect();
        let mut lines = head[..end].split(|&b| b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
        let mut words = first.split(' ').map(str::to_owned);
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return Err(broken("no request line")) };
        let mut fields = Vec::new();
        for line in lines {
            let colon = line.iter().position(|&b| b == b':').ok_or_else(|| broken("a field without a colon"))?;
            let name = String::from_utf8_lossy(&line[..colon]).into_owned();
            fields.push((name, line[colon + 1..].trim_ascii().to_vec()));
        }
        let mut request = Self { method, target, fields, stream, buffer, left: Left::Bytes(0) };
        if request.field("transfer-encoding").is_some() {
            request.left = Left::Chunk(Some(0));
        } else if let Some(length) = request.field("content-length") {
            request.left = Left::Bytes(length.parse().map_err(|_| broken("Content-Length"))?);
        }
        if request.field("expect").is_some() {
            request.send(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        Ok(Some(request))
    }

    /// The first value of the field `name`, as text.
    pub fn field(&self, name: &str) -> Option<String> {
        let found = self.fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// The path and the query of the target.
    pub fn split(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }

    /// The argument `name` of the query, empty where there is none.
    pub fn arg(&self, name: &str) -> &str {
        let pairs = self.split().1.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    /// The argument `name` as a number, 0 where it is none.
    pub fn number(&self, name: &str) -> u64 {
        self.arg(name).parse().unwrap_or(0)
    }

    /// Sends bytes of the answer.
    ///
    /// # Errors
    /// The connection breaks.
    pub fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let mut stream = self.stream;
        stream.write_all(bytes)
    }

    /// The next part of the request's body, empty at its end.
    ///
    /// # Errors
    /// The connection breaks, or a chunk has no size.
    pub fn part(&mut self) -> io::Result<Vec<u8>> {
        loop {
            match self.left {
                Left::Bytes(0) | Left::Chunk(None) => return Ok(Vec::new()),
                Left::Bytes(left) => {
                    let part = self.some(left)?;
                    self.left = Left::Bytes(left - part.len() as u64);
                    return Ok(part);
                }
                Left::Chunk(Some(0)) => {
                    let line = self.line()?;
                    let size = line.split(';').next().unwrap_or_default().trim();
                    match u64::from_str_radix(size, 16).map_err(|_| broken("a chunk without a size"))? {
                        0 => {
                            while !self.line()?.is_empty() {}
                            self.left = Left::Chunk(None);
                        }
                        size => self.left = Left::Chunk(Some(size)),
                    }
                }
                Left::Chunk(Some(left)) => {
                    let part = self.some(left)?;
                    let left = left - part.len() as u64;
                    self.left = Left::Chunk(Some(left));
                    if left == 0 {
                        self.line()?;
                    }
                    return Ok(part);
                }
            }
        }
    }

    /// The rest of the request's body.
    ///
    /// # Errors
    /// As [`part`](Self::part).
    pub fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let part = self.part()?;
            if part.is_empty() {
                return Ok(body);
            }
            body.extend_from_slice(&part);
        }
    }

    /// Reads the body to its end; whether the connection can go on.
    ///
    /// # Errors
    /// As [`part`](Self::part).
    pub fn drain(&mut self) -> io::Result<bool> {
        while !self.part()?.is_empty() {}
        Ok(self.field("connection").is_none_or(|v| !v.eq_ignore_ascii_case("close")))
    }

    fn some(&mut self, most: u64) -> io::Result<Vec<u8>> {
        if self.buffer.is_empty() && more(self.stream, self.buffer)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let n = self.buffer.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(self.buffer.drain(..n).collect())
    }

    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|w| w == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..end + 2).take(end).collect();
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            if more(self.stream, self.buffer)? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

fn more(mut stream: &TcpStream, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut part = [0; 65_536];
    let n = stream.read(&mut part)?;
    buffer.extend_from_slice(&part[..n]);
    Ok(n)
}
