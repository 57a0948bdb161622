//! The config store, the secret store and the log.

use fastly_sys::{fastly_config_store, fastly_log, fastly_secret_store};

use super::{NONE, Status, text};

/// The value of `key` in the config store called `store`; `None` where either is missing.
pub(crate) fn config(store: &str, key: &str) -> Result<Option<Vec<u8>>, Status> {
    let mut handle = NONE;
    // SAFETY: a slice; the place is ours and outlives the call.
    match unsafe { fastly_config_store::open(store.as_ptr(), store.len(), &mut handle) } {
        Status::OK => {}
        Status::NONE | Status::BADF | Status::INVAL => return Ok(None),
        status => return Err(status),
    }
    // SAFETY: a slice, and `text` lends its own buffer.
    absent(text(|p, n, written| unsafe { fastly_config_store::get(handle, key.as_ptr(), key.len(), p, n, written) }))
}

/// The value of `key` in the secret store called `store`; `None` where either is missing.
pub(crate) fn secret(store: &str, key: &str) -> Result<Option<Vec<u8>>, Status> {
    let (mut handle, mut secret) = (NONE, NONE);
    // SAFETY: slices; the places are ours and outlive the calls.
    let found =
        unsafe { fastly_secret_store::open(store.as_ptr(), store.len(), &mut handle) }.result().and_then(|()| {
            // SAFETY: as above.
            unsafe { fastly_secret_store::get(handle, key.as_ptr(), key.len(), &mut secret) }.result()
        });
    if absent(found)?.is_none() {
        return Ok(None);
    }
    // SAFETY: `text` lends its own buffer.
    text(|p, n, written| unsafe { fastly_secret_store::plaintext(secret, p, n, written) }).map(Some)
}

fn absent<T>(found: Result<T, Status>) -> Result<Option<T>, Status> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(Status::NONE | Status::INVAL) => Ok(None),
        Err(status) => Err(status),
    }
}

/// A log endpoint of the service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log(u32);

impl Log {
    /// # Errors
    /// The service has no endpoint of that name.
    pub(crate) fn open(name: &str) -> Result<Self, Status> {
        let mut handle = NONE;
        // SAFETY: a slice; the place is ours and outlives the call.
        unsafe { fastly_log::endpoint_get(name.as_ptr(), name.len(), &mut handle) }.result()?;
        Ok(Self(handle))
    }

    /// Writes one line. Each call is a line of its own.
    pub(crate) fn write(self, line: &[u8]) -> Result<(), Status> {
        let mut written = 0;
        // SAFETY: a slice; the place is ours and outlives the call.
        unsafe { fastly_log::write(self.0, line.as_ptr(), line.len(), &mut written) }.result()
    }
}
