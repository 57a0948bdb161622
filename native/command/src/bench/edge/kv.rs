//! KV in this process, by the HTTP that workerd's binding speaks: what it costs is not the measured server's.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, PoisonError, RwLock},
    thread,
};

use aw_runtimes::{Result, free_port};

use crate::conform::Incoming;

type Values = RwLock<HashMap<String, Arc<Vec<u8>>>>;

/// Starts it. Its threads end with the process.
///
/// # Errors
/// No port is free.
pub(super) fn start() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, free_port()?))?;
    let addr = listener.local_addr()?;
    let values: Arc<Values> = Arc::default();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let values = values.clone();
            // The client closes when it likes.
            thread::spawn(move || drop(serve(&stream, &values)));
        }
    });
    Ok(addr)
}

fn serve(stream: &TcpStream, values: &Values) -> io::Result<()> {
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
        // Our keys are encoded in one way; as they come they are as good as decoded.
        let key = request.split().0.to_owned();
        let (status, value) = match request.method.as_str() {
            "PUT" => {
                values.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::new(body));
                (200, Arc::default())
            }
            _ => match values.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
                Some(value) => (200, value.clone()),
                None => (404, Arc::default()),
            },
        };
        let mut answer = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n\r\n", value.len()).into_bytes();
        answer.extend_from_slice(&value);
        request.send(&answer)?;
    }
    Ok(())
}
