//! A small identity provider over real HTTP, with keys of its own, that a test can make lie.
//!
//! It keeps to OpenID Connect as far as a login needs it: it refuses an address without PKCE S256, and a code that comes
//! back with another verifier, another address or twice. Whoever comes is let in at once.

mod keys;
mod protocol;

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

pub use self::keys::Key;
use self::protocol::State;

/// The client's id.
pub const CLIENT: &str = "press & co";
/// The client's secret: it has to be encoded well.
pub const SECRET: &str = "a secret: with % and +";

/// The longest request, in bytes.
const LONGEST: usize = 64 * 1024;
/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// What becomes of the claims of a token before it is signed.
pub type Twist = fn(&mut Value);

/// What a test sets.
#[derive(Clone, Debug)]
pub struct Mood {
    /// What it signs with.
    pub key: Key,
    /// Which keys are published.
    pub published: Vec<Key>,
    /// Who logs in: the claims besides those of the protocol.
    pub person: Value,
    /// How it lies.
    pub twist: Twist,
    /// Whether it answers 503 to everything.
    pub down: bool,
}

impl Default for Mood {
    fn default() -> Self {
        let person = json!({ "sub": "s-1", "email": "Ada@Example.org", "email_verified": true, "name": "Ada L." });
        Self { key: Key::Rsa, published: vec![Key::Rsa], person, twist: |_| {}, down: false }
    }
}

/// A provider, for as long as the process lives.
pub struct Provider {
    state: Arc<Mutex<State>>,
    /// Where it listens.
    pub addr: SocketAddr,
}

impl Provider {
    /// Starts one at a free port of this machine.
    ///
    /// # Errors
    /// There is no port, or no thread.
    pub fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let addr = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State::new(Mood::default(), addr)));
        let shared = state.clone();
        thread::Builder::new().name("identity provider".into()).spawn(move || {
            for socket in listener.incoming().flatten() {
                let state = shared.clone();
                thread::spawn(move || serve(socket, &state));
            }
        })?;
        Ok(Self { state, addr })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its issuer: the beginning of all its addresses.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Changes what it does from now on.
    pub fn set(&self, change: impl FnOnce(&mut Mood)) {
        change(&mut self.state().mood);
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.state().asked(path)
    }

    /// What a browser does with an address of the provider, whose user agrees: where it is sent back to, and with which
    /// parameters.
    ///
    /// # Errors
    /// It is no address of the provider, or is refused: with what was answered.
    pub fn visit(&self, url: &str) -> Result<(String, HashMap<String, String>), String> {
        let target = url.strip_prefix(&self.issuer()).ok_or_else(|| format!("{url} is not the provider's"))?;
        let get = || {
            let mut socket = TcpStream::connect(self.addr)?;
            write!(socket, "GET {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.addr)?;
            let mut text = String::new();
            socket.read_to_string(&mut text).map(|_| text)
        };
        let text = get().map_err(|e: std::io::Error| e.to_string())?;
        let location = text.lines().find_map(|line| line.strip_prefix("location: "));
        let (place, query) = location.and_then(|location| location.split_once('?')).ok_or(&text)?;
        Ok((place.to_owned(), form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

/// Answers the one request of a connection; who sends none that is whole gets nothing.
fn serve(mut socket: TcpStream, state: &Mutex<State>) {
    let _ = socket.set_read_timeout(Some(PATIENCE));
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let (head, body) = loop {
        let Ok(n @ 1..) = socket.read(&mut buffer) else { return };
        bytes.extend(&buffer[..n]);
        if bytes.len() > LONGEST {
            return;
        }
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length: usize = header(&head, "content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
        if bytes.len() - end - 4 >= length {
            break (head, String::from_utf8_lossy(&bytes[end + 4..]).into_owned());
        }
    };
    let target = head.split(' ').nth(1).unwrap_or_default();
    let answer = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.answer(target, header(&head, "authorization"), &body)
    };
    let (text, status) = (answer.body.to_string(), answer.status);
    let location = answer.location.map(|to| format!("location: {to}\r\n")).unwrap_or_default();
    let length = text.len();
    let _ = write!(
        socket,
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{location}connection: \
         close\r\n\r\n{text}"
    );
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
    line.split_once(':').map(|(_, value)| value.trim())
}
