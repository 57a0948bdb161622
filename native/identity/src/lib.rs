//! A small identity provider over real HTTP, with keys of its own, that a test can make lie.
//!
//! It keeps to OpenID Connect as far as a login needs it: it refuses an address without PKCE S256, and a code that comes
//! back with another verifier, another address or twice. Whoever comes is let in at once.

mod keys;
mod protocol;

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aw_runtimes::neighbour::Neighbour;
use serde_json::{Value, json};

pub use self::keys::Key;
use self::protocol::State;

/// The client's id.
pub const CLIENT: &str = "press & co";
/// The client's secret: it has to be encoded well.
pub const SECRET: &str = "a secret: with % and +";

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
    /// There is no port.
    pub fn start() -> aw_runtimes::Result<Self> {
        let neighbour = Neighbour::new()?;
        let addr = neighbour.addr;
        let state = Arc::new(Mutex::new(State::new(Mood::default(), addr)));
        let shared = state.clone();
        neighbour.serve(move |asked| shared.lock().unwrap_or_else(PoisonError::into_inner).answer(&asked));
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
