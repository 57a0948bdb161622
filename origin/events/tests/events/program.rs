//! A program that is told.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    thread,
};

use serde_json::Value;

/// It answers with `status` and keeps what it was told.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) url: String,
    pub(crate) status: Arc<AtomicU16>,
    told: Arc<Mutex<Vec<Told>>>,
}

#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) path: String,
    pub(crate) signature: String,
    pub(crate) body: Vec<u8>,
}

impl Told {
    pub(crate) fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Program {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let this = Self { url, status: Arc::new(AtomicU16::new(204)), told: Arc::default() };
        let program = this.clone();
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let program = program.clone();
                thread::spawn(move || program.serve(socket));
            }
        });
        this
    }

    pub(crate) fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// What it was told since it was asked last.
    pub(crate) fn told(&self) -> Vec<Told> {
        std::mem::take(&mut self.told.lock().unwrap())
    }

    /// The subjects of the events that it was told of since it was asked last.
    pub(crate) fn subjects(&self) -> Vec<String> {
        self.told().iter().map(|told| told.event()["subject"].as_str().unwrap().to_owned()).collect()
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
                head.lines().find_map(|line| {
                    let (key, value) = line.split_once(": ")?;
                    key.eq_ignore_ascii_case(name).then(|| value.to_owned())
                })
            };
            let mut body = vec![0; field("content-length").and_then(|n| n.parse().ok()).unwrap_or(0)];
            reader.read_exact(&mut body)?;
            let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let signature = field("authorworks-signature").unwrap_or_default();
            self.told.lock().unwrap().push(Told { path, signature, body });
            let status = self.status.load(Ordering::SeqCst);
            let location = if status == 302 { "location: /elsewhere\r\n" } else { "" };
            out.write_all(format!("HTTP/1.1 {status} x\r\n{location}content-length: 0\r\n\r\n").as_bytes())?;
        }
    }
}
