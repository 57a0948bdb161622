//! The tables as they were committed last, kept open: to open one costs as much as to read a value of it.

use std::sync::Arc;

use parking_lot::RwLock;
use redb::{Database, ReadOnlyTable, ReadableDatabase, TableDefinition};

/// Key → (expiry, value).
pub(crate) type Definition<'a> = TableDefinition<'a, &'static str, (u64, &'static [u8])>;
/// One store, as it was.
pub(crate) type Table = ReadOnlyTable<&'static str, (u64, &'static [u8])>;

pub(crate) fn definition(name: &str) -> Definition<'_> {
    TableDefinition::new(name)
}

/// The stores as of the last [`renew`](Self::renew). While it stands, the pages that it shows are not used anew: it is
/// renewed after every commit.
pub(crate) struct Snapshot(RwLock<Arc<[Table]>>);

impl Snapshot {
    pub(crate) fn open(db: &Database, names: &[String]) -> Result<Self, redb::Error> {
        tables(db, names).map(RwLock::new).map(Self)
    }

    /// Shows what has been committed by now.
    pub(crate) fn renew(&self, db: &Database, names: &[String]) -> Result<(), redb::Error> {
        let new = tables(db, names)?;
        *self.0.write() = new;
        Ok(())
    }

    pub(crate) fn tables(&self) -> Arc<[Table]> {
        self.0.read().clone()
    }
}

fn tables(db: &Database, names: &[String]) -> Result<Arc<[Table]>, redb::Error> {
    let transaction = db.begin_read()?;
    names.iter().map(|name| Ok(transaction.open_table(definition(name))?)).collect()
}
