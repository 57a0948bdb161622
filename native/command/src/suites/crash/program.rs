//! A program that is told of every event, for as long as the suite runs.

use std::sync::{Arc, Mutex, PoisonError};

use aw_runtimes::neighbour::{Answer, Asked, Neighbour};
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
        let neighbour = Neighbour::new().map_err(|e| e.0)?;
        let url = format!("http://{}/events", neighbour.addr);
        let this = Self { url, secret: Arc::default(), told: Arc::default() };
        let program = this.clone();
        neighbour.serve(move |asked| program.hear(&asked));
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

    fn hear(&self, asked: &Asked) -> Answer {
        let secret = self.secret.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let signature = asked.field("authorworks-signature").unwrap_or_default();
        if webhook::verify(signature, &asked.body, &[secret], now_s()).is_err() {
            return Answer::empty(401);
        }
        let event: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        let id = event["id"].as_str().unwrap_or_default().to_owned();
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        Answer::empty(204)
    }
}
