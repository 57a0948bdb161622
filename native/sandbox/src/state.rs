//! What the sandbox knows.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::object::text;

/// All accounts, and the clock.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct State {
    /// How many seconds the clock is ahead of this machine's.
    pub(crate) ahead: i64,
    /// By key.
    pub(crate) accounts: BTreeMap<String, Account>,
    #[serde(skip)]
    pub(crate) file: Option<PathBuf>,
}

/// What a key stands for.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Account {
    /// All but events, in the order in which they were made.
    pub(crate) objects: Vec<Value>,
    /// In the order in which they happened.
    pub(crate) events: Vec<Value>,
    /// Webhooks that have yet to arrive.
    pub(crate) deliveries: Vec<Delivery>,
    /// Answers by `Idempotency-Key`.
    pub(crate) answers: BTreeMap<String, Answered>,
    /// Tax on top of prices, in percent.
    pub(crate) tax: i64,
}

/// A webhook on its way.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) id: u64,
    pub(crate) url: String,
    pub(crate) secret: String,
    pub(crate) body: String,
    pub(crate) attempts: u32,
    /// When it is tried next, in this machine's milliseconds.
    pub(crate) due: u64,
}

/// What was answered to a request.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Answered {
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// This machine's time, in milliseconds since 1970.
pub(crate) fn machine_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
}

impl State {
    /// What `file` holds, or nothing.
    ///
    /// # Errors
    /// The file is none of ours.
    pub(crate) fn open(file: Option<PathBuf>) -> Result<Self, String> {
        let Some(file) = file else { return Ok(Self::default()) };
        let state = match fs::read(&file) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(e) => return Err(format!("{}: {e}", file.display())),
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| format!("{}: {e}", file.display()))?,
        };
        Ok(Self { file: Some(file), ..state })
    }

    /// Writes the file, whole or not at all.
    pub(crate) fn save(&self) {
        let Some(file) = &self.file else { return };
        let partial = file.with_extension("partial");
        let written = serde_json::to_vec(self)
            .map_err(std::io::Error::other)
            .and_then(|bytes| fs::write(&partial, bytes))
            .and_then(|()| fs::rename(&partial, file));
        if let Err(e) = written {
            eprintln!("sandbox: {}: {e}", file.display());
        }
    }

    /// The time, in seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        i64::try_from(machine_ms() / 1000).unwrap_or(i64::MAX).saturating_add(self.ahead)
    }

    /// The account that has an object.
    pub(crate) fn owner(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.values_mut().find(|account| account.find(id).is_some())
    }
}

impl Account {
    pub(crate) fn find(&self, id: &str) -> Option<&Value> {
        self.objects.iter().find(|object| text(object, "id") == id)
    }

    pub(crate) fn get(&mut self, id: &str) -> Option<&mut Value> {
        self.objects.iter_mut().find(|object| text(object, "id") == id)
    }

    /// Keeps a new object; gives it.
    pub(crate) fn add(&mut self, object: Value) -> Value {
        self.objects.push(object.clone());
        object
    }

    /// Those of a kind, the newest first.
    pub(crate) fn all(&self, kind: &str) -> Vec<&Value> {
        self.objects.iter().rev().filter(|object| text(object, "object") == kind).collect()
    }
}
