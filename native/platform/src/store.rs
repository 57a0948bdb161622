//! What is behind the KV stores: memory, or a file that survives the process.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use aw_platform::{Error, KeyPage, Result, StoreId};
use bytes::Bytes;
use parking_lot::RwLock;

use crate::{
    disk::{Disk, Recent, Table},
    kv::NativeKv,
    settings::Settings,
};

/// A value that never expires.
pub(crate) const NEVER: u64 = u64::MAX;
/// How many writes to memory may pass before the expired entries are thrown out.
const SWEEP_EVERY: usize = 4096;

/// A value and when it ends, in milliseconds since 1970. One that has ended is as good as absent.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) value: Bytes,
    pub(crate) expires: u64,
}

impl Entry {
    pub(crate) fn live(&self) -> bool {
        self.expires == NEVER || self.expires > now()
    }
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64)
}

/// All stores of a deployable.
pub(crate) struct Stores(HashMap<String, Arc<Store>>);

/// One store.
pub(crate) enum Store {
    Memory(RwLock<Memory>),
    Disk(Table),
}

#[derive(Default)]
pub(crate) struct Memory {
    entries: BTreeMap<String, Entry>,
    writes: usize,
}

impl Stores {
    pub(crate) fn open(settings: &Settings) -> Result<Self, String> {
        let Some(folder) = &settings.kv else {
            let memory = |name: &String| (name.clone(), Arc::new(Store::Memory(RwLock::default())));
            return Ok(Self(settings.stores.iter().map(memory).collect()));
        };
        let recent = Arc::new(Recent::new());
        let disk = Disk::open(folder, &settings.stores, recent).map_err(|why| format!("kv: {why}"))?;
        let disk = Arc::new(disk);
        let table = |(n, name): (usize, &String)| (name.clone(), Arc::new(Store::Disk(Table::new(disk.clone(), n))));
        Ok(Self(settings.stores.iter().enumerate().map(table).collect()))
    }

    pub(crate) fn get(&self, store: StoreId) -> Result<NativeKv> {
        let found = self.0.get(store.0).cloned().map(NativeKv::new);
        found.ok_or_else(|| Error::Missing(format!("the store {}", store.0).into()))
    }
}

impl Store {
    pub(crate) fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let entry = match self {
            Self::Memory(memory) => memory.read().entries.get(key).cloned(),
            Self::Disk(table) => table.get(key)?,
        };
        Ok(entry.filter(Entry::live).map(|entry| entry.value))
    }

    /// Stores an entry, or forgets the key; on disk when this returns.
    pub(crate) async fn put(&self, key: &str, entry: Option<Entry>) -> Result<()> {
        let memory = match self {
            Self::Memory(memory) => memory,
            Self::Disk(table) => return table.put(key, entry).await,
        };
        let mut memory = memory.write();
        match entry {
            Some(entry) => drop(memory.entries.insert(key.to_owned(), entry)),
            None => drop(memory.entries.remove(key)),
        }
        memory.writes += 1;
        if memory.writes.is_multiple_of(SWEEP_EVERY) {
            memory.entries.retain(|_, entry| entry.live());
        }
        Ok(())
    }

    pub(crate) fn list(&self, prefix: &str, cursor: Option<&str>, limit: usize) -> Result<KeyPage> {
        let from = match cursor {
            Some(last) if last.starts_with(prefix) => Bound::Excluded(last),
            Some(_) => return Err(Error::internal("the cursor is not of this listing")),
            None => Bound::Included(prefix),
        };
        // One more than asked for tells whether there is another page.
        let mut keys = match self {
            Self::Disk(table) => table.keys(from, prefix, limit + 1)?,
            Self::Memory(memory) => memory
                .read()
                .entries
                .range::<str, _>((from, Bound::Unbounded))
                .take_while(|(key, _)| key.starts_with(prefix))
                .filter(|(_, entry)| entry.live())
                .map(|(key, _)| key.clone())
                .take(limit + 1)
                .collect(),
        };
        let more = keys.len() > limit;
        keys.truncate(limit);
        let cursor = keys.last().filter(|_| more).cloned();
        Ok(KeyPage { keys, cursor })
    }
}
