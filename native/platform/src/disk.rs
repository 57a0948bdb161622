//! KV stores in a redb file: what was acknowledged survives the process and the machine.
//!
//! One thread writes; it commits everything that waits in one transaction, so that many writers share one fsync.
//! What was read or written of late is kept in memory.

use std::{
    ops::Bound,
    path::Path,
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use aw_platform::{Error, Result};
use bytes::Bytes;
use quick_cache::{Equivalent, Weighter, sync::GuardResult};
use redb::Database;
use tokio::sync::oneshot;

use crate::{
    emit,
    snapshot::{Snapshot, definition},
    store::{Entry, now},
};

/// The most memory for entries read or written of late, in bytes.
const RECENT: u64 = 128_000_000;
/// The memory of redb itself: the rest is the operating system's cache.
const PAGES: usize = 16 << 20;
/// How many writes share a transaction at most.
const BATCH: usize = 1024;
/// How often what has expired is thrown out.
const SWEEP: Duration = Duration::from_secs(3600);

/// (store, key): keys of two stores may be equal.
type RecentKey = (usize, String);

/// One that is looked for: it hashes as [`RecentKey`] does.
#[derive(Hash)]
struct Sought<'a>(usize, &'a str);

impl Equivalent<RecentKey> for Sought<'_> {
    fn equivalent(&self, key: &RecentKey) -> bool {
        (self.0, self.1) == (key.0, key.1.as_str())
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<RecentKey, Entry> for Weight {
    fn weight(&self, key: &RecentKey, entry: &Entry) -> u64 {
        (key.1.len() + entry.value.len() + 128) as u64
    }
}

/// Entries read or written of late.
pub(crate) struct Recent(quick_cache::sync::Cache<RecentKey, Entry, Weight>);

impl Recent {
    pub(crate) fn new() -> Self {
        Self(quick_cache::sync::Cache::with_weighter(8192, RECENT, Weight))
    }
}

struct Write {
    store: usize,
    key: String,
    entry: Option<Entry>,
    done: oneshot::Sender<Result<(), String>>,
}

/// The file, and the thread that writes to it.
pub(crate) struct Disk {
    snapshot: Arc<Snapshot>,
    recent: Arc<Recent>,
    writes: Option<mpsc::Sender<Write>>,
    writer: Option<JoinHandle<()>>,
}

impl Disk {
    pub(crate) fn open(folder: &Path, names: &[String], recent: Arc<Recent>) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let file = folder.join("kv.redb");
        let fail = |e: String| format!("{}: {e}", file.display());
        let db = Database::builder().set_cache_size(PAGES).create(&file).map_err(|e| fail(e.to_string()))?;
        prepare(&db, names).map_err(|e| fail(e.to_string()))?;
        let snapshot = Arc::new(Snapshot::open(&db, names).map_err(|e| fail(e.to_string()))?);
        let (writes, queue) = mpsc::channel();
        let writer = Writer { db, names: names.to_vec(), snapshot: snapshot.clone(), recent: recent.clone() };
        let thread = std::thread::Builder::new().name("kv-writer".into());
        let thread = thread.spawn(move || writer.run(&queue)).map_err(|e| fail(e.to_string()))?;
        Ok(Self { snapshot, recent, writes: Some(writes), writer: Some(thread) })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The writer ends when it has written what waits; only then may the file be opened again.
        drop(self.writes.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// Makes the tables that are not there yet, so that reading need not care.
fn prepare(db: &Database, names: &[String]) -> Result<(), redb::Error> {
    let transaction = db.begin_write()?;
    for name in names {
        transaction.open_table(definition(name))?;
    }
    Ok(transaction.commit()?)
}

fn internal(e: impl std::fmt::Display) -> Error {
    Error::internal(format!("kv: {e}"))
}

/// One store in the file.
pub(crate) struct Table {
    disk: Arc<Disk>,
    store: usize,
}

impl Table {
    pub(crate) fn new(disk: Arc<Disk>, store: usize) -> Self {
        Self { disk, store }
    }

    pub(crate) fn get(&self, key: &str) -> Result<Option<Entry>> {
        if let Some(entry) = self.disk.recent.0.get(&Sought(self.store, key)) {
            return Ok(Some(entry));
        }
        // While the guard lives, the writer's newer value replaces its place, and the older one finds none.
        let guard = match self.disk.recent.0.get_value_or_guard(&(self.store, key.to_owned()), None) {
            GuardResult::Value(entry) => return Ok(Some(entry)),
            GuardResult::Guard(guard) => Some(guard),
            GuardResult::Timeout => None,
        };
        let tables = self.disk.snapshot.tables();
        let Some(found) = tables[self.store].get(key).map_err(internal)? else { return Ok(None) };
        let (expires, value) = found.value();
        let entry = Entry { value: Bytes::copy_from_slice(value), expires };
        if let Some(guard) = guard {
            let _ = guard.insert(entry.clone());
        }
        Ok(Some(entry))
    }

    pub(crate) async fn put(&self, key: &str, entry: Option<Entry>) -> Result<()> {
        let (done, written) = oneshot::channel();
        let write = Write { store: self.store, key: key.to_owned(), entry, done };
        let sent = self.disk.writes.as_ref().map(|writes| writes.send(write));
        if !matches!(sent, Some(Ok(()))) {
            return Err(internal("the writer has ended"));
        }
        written.await.map_err(internal)?.map_err(internal)
    }

    pub(crate) fn keys(&self, from: Bound<&str>, prefix: &str, limit: usize) -> Result<Vec<String>> {
        let tables = self.disk.snapshot.tables();
        let now = now();
        let mut keys = Vec::new();
        for row in tables[self.store].range::<&str>((from, Bound::Unbounded)).map_err(internal)? {
            let (key, entry) = row.map_err(internal)?;
            if !key.value().starts_with(prefix) || keys.len() == limit {
                break;
            }
            if entry.value().0 > now {
                keys.push(key.value().to_owned());
            }
        }
        Ok(keys)
    }
}

struct Writer {
    db: Database,
    names: Vec<String>,
    snapshot: Arc<Snapshot>,
    recent: Arc<Recent>,
}

impl Writer {
    fn run(&self, queue: &mpsc::Receiver<Write>) {
        self.sweep();
        loop {
            match queue.recv_timeout(SWEEP) {
                Ok(first) => {
                    let batch = std::iter::once(first).chain(queue.try_iter().take(BATCH)).collect();
                    self.write(batch);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => self.sweep(),
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn write(&self, batch: Vec<Write>) {
        let result = self.commit(&batch).map_err(|e| e.to_string());
        for write in batch {
            if result.is_ok() {
                // A deleted key is remembered as one that has ended: a reader that began before must not undo it.
                let entry = write.entry.unwrap_or(Entry { value: Bytes::new(), expires: 0 });
                self.recent.0.insert((write.store, write.key), entry);
            }
            // Whoever wrote may have gone.
            let _ = write.done.send(result.clone());
        }
    }

    fn commit(&self, batch: &[Write]) -> Result<(), redb::Error> {
        let transaction = self.db.begin_write()?;
        for (store, name) in self.names.iter().enumerate() {
            let mut table = transaction.open_table(definition(name))?;
            for write in batch.iter().filter(|write| write.store == store) {
                match &write.entry {
                    Some(entry) => drop(table.insert(write.key.as_str(), (entry.expires, &entry.value[..]))?),
                    None => drop(table.remove(write.key.as_str())?),
                }
            }
        }
        transaction.commit()?;
        self.snapshot.renew(&self.db, &self.names)
    }

    fn sweep(&self) {
        let work = || -> Result<(), redb::Error> {
            let transaction = self.db.begin_write()?;
            let now = now();
            for name in &self.names {
                transaction.open_table(definition(name))?.retain(|_, (expires, _)| expires > now)?;
            }
            transaction.commit()?;
            self.snapshot.renew(&self.db, &self.names)
        };
        if let Err(error) = work() {
            emit::event("kv-sweep", &error.to_string());
        }
    }
}
