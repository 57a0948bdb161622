//! What `up` tells the other commands while it runs.

use serde::{Deserialize, Serialize};

use super::{Data, DataArgs};
use crate::failure::Failure;

const FILE: &str = "running.json";

/// What runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Running {
    /// The process of `up`.
    pub(crate) pid: u32,
    /// The origin's base URL.
    pub(crate) origin: String,
    /// The platform it runs on.
    pub(crate) origin_on: String,
    /// The edges, the main one first.
    pub(crate) edges: Vec<EdgeAt>,
}

/// An edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EdgeAt {
    /// Its name: the platform's.
    pub(crate) name: String,
    /// Its base URL.
    pub(crate) url: String,
}

impl Running {
    /// What runs on an installation's data folder.
    ///
    /// # Errors
    /// Nothing does: `up` is not running, or is not ready yet.
    pub(crate) fn find(data: &Data, args: &DataArgs) -> Result<Self, Failure> {
        let dir = args.dir.display();
        if data.try_lock()?.is_some() {
            let shown = args.shown();
            return Err(Failure::new(format!("{dir}: `up` is not running on it: start `cargo aw up{shown}`")));
        }
        let not_yet = || Failure::new(format!("{dir}: `up` is still starting; try again when it says that it is up"));
        data.read(FILE)?.ok_or_else(not_yet)
    }

    /// Tells the others.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn tell(&self, data: &Data) -> Result<(), Failure> {
        data.write(FILE, self)
    }

    /// Takes back what was told; what is not there needs not.
    pub(crate) fn forget(data: &Data) {
        let _ = std::fs::remove_file(data.path(FILE));
    }
}
