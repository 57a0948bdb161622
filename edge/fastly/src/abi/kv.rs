//! KV stores.

use fastly_sys::{
    DeleteConfig, DeleteConfigOptions, InsertConfig, InsertConfigOptions, ListConfig, ListConfigOptions, LookupConfig,
    LookupConfigOptions,
    fastly_kv_store::{self as sys, KvError},
};

use super::{Body, Item, NONE, Status};

/// The most metadata that an entry has, in bytes. We write none; others may.
const METADATA: usize = 2000;

/// Why a store refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The host.
    Status(Status),
    /// The store.
    Kv(KvError),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status:?}"),
            Self::Kv(error) => write!(f, "{error:?}"),
        }
    }
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

fn settled(status: Status, error: KvError) -> Result<bool, Refusal> {
    status.result()?;
    match error {
        KvError::Ok => Ok(true),
        KvError::NotFound => Ok(false),
        error => Err(Refusal::Kv(error)),
    }
}

/// A store. The host keeps it open as long as the program runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Store(u32);

macro_rules! pending {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(u32);

        impl $name {
            /// What to wait for before taking the result.
            pub(crate) fn item(&self) -> Item {
                self.0
            }
        }
    )* };
}

pending! {
    /// A lookup under way.
    Lookup;
    /// An insertion under way.
    Insertion;
    /// A deletion under way.
    Deletion;
    /// A listing under way.
    Listing;
}

impl Store {
    /// `None` where the service has no store of that name.
    pub(crate) fn open(name: &str) -> Result<Option<Self>, Status> {
        let mut handle = NONE;
        // SAFETY: a slice; the place is ours and outlives the call.
        match unsafe { sys::open_v2(name.as_ptr(), name.len(), &mut handle) } {
            Status::OK => Ok((handle != NONE).then_some(Self(handle))),
            Status::INVAL | Status::NONE => Ok(None),
            status => Err(status),
        }
    }

    pub(crate) fn lookup(self, key: &str) -> Result<Lookup, Status> {
        let mut handle = NONE;
        let (p, n) = (key.as_ptr(), key.len());
        // SAFETY: a slice; the options and the place are ours and outlive the call.
        unsafe { sys::lookup_v2(self.0, p, n, LookupConfigOptions::empty(), &LookupConfig::default(), &mut handle) }
            .result()?;
        Ok(Lookup(handle))
    }

    /// Stores `value`, with a time to live in seconds where there is one.
    pub(crate) fn insert(self, key: &str, value: Body, ttl: Option<u32>) -> Result<Insertion, Status> {
        let mut handle = NONE;
        let given = if ttl.is_some() { InsertConfigOptions::TIME_TO_LIVE_SEC } else { InsertConfigOptions::empty() };
        let config = InsertConfig { time_to_live_sec: ttl.unwrap_or(0), ..InsertConfig::default() };
        // SAFETY: a slice; the options and the place are ours and outlive the call, which takes the body.
        unsafe { sys::insert_v2(self.0, key.as_ptr(), key.len(), value.take(), given, &config, &mut handle) }
            .result()?;
        Ok(Insertion(handle))
    }

    pub(crate) fn delete(self, key: &str) -> Result<Deletion, Status> {
        let mut handle = NONE;
        let (p, n) = (key.as_ptr(), key.len());
        // SAFETY: a slice; the options and the place are ours and outlive the call.
        unsafe { sys::delete_v2(self.0, p, n, DeleteConfigOptions::empty(), &DeleteConfig::default(), &mut handle) }
            .result()?;
        Ok(Deletion(handle))
    }

    /// Keys that begin with `prefix`, from `cursor` on.
    pub(crate) fn list(self, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<Listing, Status> {
        let mut given = ListConfigOptions::LIMIT;
        let mut config = ListConfig { limit, ..ListConfig::default() };
        if !prefix.is_empty() {
            given |= ListConfigOptions::PREFIX;
            (config.prefix, config.prefix_len) = (prefix.as_ptr(), prefix.len() as u32);
        }
        if let Some(cursor) = cursor {
            given |= ListConfigOptions::CURSOR;
            (config.cursor, config.cursor_len) = (cursor.as_ptr(), cursor.len() as u32);
        }
        let mut handle = NONE;
        // SAFETY: the options, what they point to and the place are ours and outlive the call.
        unsafe { sys::list_v2(self.0, given, &config, &mut handle) }.result()?;
        Ok(Listing(handle))
    }
}

impl Lookup {
    /// The value. Waits where the lookup is not done.
    pub(crate) fn value(self) -> Result<Option<Body>, Refusal> {
        let (mut body, mut generation, mut written) = (NONE, 0, 0);
        let mut metadata = [0; METADATA];
        let mut error = KvError::Uninitialized;
        // SAFETY: the buffer and the places are ours and outlive the call, which takes the handle.
        let status = unsafe {
            let (p, n) = (metadata.as_mut_ptr(), metadata.len());
            sys::lookup_wait_v2(self.0, &mut body, p, n, &mut written, &mut generation, &mut error)
        };
        Ok((settled(status, error)? && body != NONE).then(|| Body::of(body)))
    }
}

impl Insertion {
    /// The result. Waits where the insertion is not done.
    pub(crate) fn done(self) -> Result<(), Refusal> {
        let mut error = KvError::Uninitialized;
        // SAFETY: the place is ours and outlives the call, which takes the handle.
        let status = unsafe { sys::pending_insert_wait_v2(self.0, &mut error) };
        settled(status, error).map(drop)
    }
}

impl Deletion {
    /// The result: whether it was there. Waits where the deletion is not done.
    pub(crate) fn done(self) -> Result<bool, Refusal> {
        let mut error = KvError::Uninitialized;
        // SAFETY: the place is ours and outlives the call, which takes the handle.
        let status = unsafe { sys::pending_delete_wait_v2(self.0, &mut error) };
        settled(status, error)
    }
}

impl Listing {
    /// The page, as JSON. Waits where the listing is not done.
    pub(crate) fn page(self) -> Result<Option<Body>, Refusal> {
        let (mut body, mut error) = (NONE, KvError::Uninitialized);
        // SAFETY: the places are ours and outlive the call, which takes the handle.
        let status = unsafe { sys::pending_list_wait_v2(self.0, &mut body, &mut error) };
        Ok((settled(status, error)? && body != NONE).then(|| Body::of(body)))
    }
}
