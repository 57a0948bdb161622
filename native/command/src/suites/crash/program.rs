//! A program that is told of every event, for as long as the suite runs.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use aw_trust::webhook;
use serde_json::Value;

use super::client::now_s;

/// What it was told: the ids of events, in the order in which they came.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) url: String,
    secret: Arc<Mutex<String>>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Program {
    /// One that listens.
    ///
    /// # Errors
    /// It cannot.
    pub(super) fn start() -> Result<Self, String> {
        let port = aw_runtimes::free_port().map_err(|e| e.0)?;
        let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|e| e.to_string())?;
        let url = format!("http://127.0.0.1:{port}/events");
        let this = Self { url, secret: Arc::default(), told: Arc::default() };
        let program = this.clone();
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let program = program.clone();
                thread::spawn(move || program.serve(socket));
            }
        });
        Ok(this)
    }

    /// What it is told is signed with this.
    pub(super) fn believes(&self, secret: &str) {
        secret.clone_into(&mut self.secret.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What it was told.
    pub(super) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn serve(&self, socket: TcpStream) -> std::io::Result<()> {
        let mut out = socket.try_clone()?;
        let mut reader = BufReader::new(socket);
        loop {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if reader.read_line(&mut head)? == 0 {
                    return Ok(());
                }
            }
            let field = |name: &str| {
                let mut lines = head.lines().filter_map(|line| line.split_once(": "));
                lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
            };
            let mut body = vec![0; field("content-length").and_then(|n| n.parse().ok()).unwrap_or(0)];
            reader.read_exact(&mut body)?;
            let secret = self.secret.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let signature = field("authorworks-signature").unwrap_or_default();
            let good = webhook::verify(&signature, &body, &[secret], now_s()).is_ok();
            if good {
                let event: Value = serde_json::from_slice(&body).unwrap_or_default();
                let id = event["id"].as_str().unwrap_or_default().to_owned();
                self.told.lock().unwrap_or_else(PoisonError::into_inner).push(id);
            }
            let status = if good { "204 No Content" } else { "401 Unauthorized" };
            out.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes())?;
        }
    }
}
