//! A program that is told.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU16, Ordering},
};

use aw_runtimes::neighbour::{Answer, Asked, Neighbour};
use serde_json::Value;

/// It answers with a status and keeps what it was told.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) url: String,
    status: Arc<AtomicU16>,
    told: Arc<Mutex<Vec<Told>>>,
}

/// What it was told.
pub(crate) struct Told(Asked);

impl Told {
    pub(crate) fn path(&self) -> &str {
        &self.0.target
    }

    pub(crate) fn signature(&self) -> &str {
        self.0.field("authorworks-signature").unwrap_or_default()
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.0.body
    }

    pub(crate) fn event(&self) -> Value {
        serde_json::from_slice(&self.0.body).unwrap()
    }
}

impl Program {
    pub(crate) fn new() -> Self {
        let neighbour = Neighbour::new().unwrap();
        let url = format!("http://{}/hook", neighbour.addr);
        let this = Self { url, status: Arc::new(AtomicU16::new(204)), told: Arc::default() };
        let program = this.clone();
        neighbour.serve(move |asked| program.hear(asked));
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

    fn hear(&self, asked: Asked) -> Answer {
        self.told.lock().unwrap().push(Told(asked));
        // Where a redirect leads to.
        Answer::empty(self.status.load(Ordering::SeqCst)).with("location", "/elsewhere")
    }
}
