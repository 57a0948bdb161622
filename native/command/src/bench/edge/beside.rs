//! Servers that a measured one asks, in this process: what they cost is not the measured server's.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::Duration,
};

use aw_runtimes::{Result, free_port};

use crate::conform::Incoming;

/// A status and a body.
type Answer = (u16, Arc<Vec<u8>>);

/// KV by the HTTP that workerd's binding speaks, in memory.
///
/// # Errors
/// No port is free.
pub(super) fn kv() -> Result<SocketAddr> {
    let values: RwLock<HashMap<String, Arc<Vec<u8>>>> = RwLock::default();
    start(move |method, target, body| {
        // Our keys are encoded in one way; as they come they are as good as decoded.
        let key = target.split('?').next().unwrap_or_default();
        if method == "PUT" {
            values.write().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), Arc::new(body));
            return (200, Arc::default());
        }
        let found = values.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        found.map_or_else(|| (404, Arc::default()), |value| (200, value))
    })
}

/// An origin that answers after as many milliseconds as the query `ms=N` says.
///
/// # Errors
/// No port is free.
pub(super) fn slow_origin() -> Result<SocketAddr> {
    start(|_, target, _| {
        let wait = target.split_once("ms=").and_then(|(_, ms)| ms.parse().ok()).unwrap_or(0);
        thread::sleep(Duration::from_millis(wait));
        (200, Arc::default())
    })
}

/// Starts a server that answers as `answer` says: method, target, body. Its threads end with the process.
fn start(answer: impl Fn(&str, &str, Vec<u8>) -> Answer + Send + Sync + 'static) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, free_port()?))?;
    let addr = listener.local_addr()?;
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            // The client closes when it likes.
            thread::spawn(move || drop(serve(&stream, &*answer)));
        }
    });
    Ok(addr)
}

fn serve(stream: &TcpStream, answer: &(impl Fn(&str, &str, Vec<u8>) -> Answer + ?Sized)) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(mut request) = Incoming::read(stream, &mut buffer)? {
        let mut body = Vec::new();
        loop {
            let part = request.part()?;
            if part.is_empty() {
                break;
            }
            body.extend_from_slice(&part);
        }
        let (status, value) = answer(&request.method, &request.target, body);
        let mut out = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n\r\n", value.len()).into_bytes();
        out.extend_from_slice(&value);
        request.send(&out)?;
    }
    Ok(())
}
