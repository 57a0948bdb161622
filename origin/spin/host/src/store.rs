//! Where key-value stores are: in memory, or in one file with a table per label.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use redb::{Database, Durability, ReadableTable, TableDefinition, TableError};

/// All stores of the application.
pub struct Stores {
    file: Option<Arc<Database>>,
    open: Mutex<BTreeMap<String, Arc<Store>>>,
}

impl Stores {
    /// In the folder `state`, else in memory.
    ///
    /// # Errors
    /// The file cannot be opened: another process may have it.
    pub fn open(state: Option<&Path>) -> Result<Self> {
        let file = state.map(|folder| {
            let path = folder.join("key-value.redb");
            std::fs::create_dir_all(folder)?;
            Database::create(&path).map(Arc::new).with_context(|| path.display().to_string())
        });
        Ok(Self { file: file.transpose()?, open: Mutex::default() })
    }

    /// The store of that label; components that name the same one share it.
    pub fn store(&self, label: &str) -> Arc<Store> {
        let new = || {
            Arc::new(match &self.file {
                Some(file) => Store::File(file.clone(), label.to_owned()),
                None => Store::Memory(Mutex::default()),
            })
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.entry(label.to_owned()).or_insert_with(new).clone()
    }
}

/// A key-value store.
pub enum Store {
    Memory(Mutex<BTreeMap<String, Vec<u8>>>),
    File(Arc<Database>, String),
}

type Table<'a> = TableDefinition<'a, &'static str, &'static [u8]>;

impl Store {
    /// The value under `key`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Memory(map) => Ok(lock(map).get(key).cloned()),
            Self::File(file, label) => match file.begin_read()?.open_table(Table::new(label)) {
                Ok(table) => Ok(table.get(key)?.map(|value| value.value().to_vec())),
                Err(TableError::TableDoesNotExist(_)) => Ok(None),
                Err(e) => Err(e.into()),
            },
        }
    }

    /// Sets the value under `key`, or takes it away.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put(&self, key: &str, value: Option<&[u8]>) -> Result<()> {
        match (self, value) {
            (Self::Memory(map), Some(value)) => drop(lock(map).insert(key.to_owned(), value.to_vec())),
            (Self::Memory(map), None) => drop(lock(map).remove(key)),
            (Self::File(file, label), value) => {
                let mut write = file.begin_write()?;
                // A killed process loses nothing by it, a lost machine some.
                write.set_durability(Durability::Eventual);
                {
                    let mut table = write.open_table(Table::new(label))?;
                    match value {
                        Some(value) => drop(table.insert(key, value)?),
                        None => drop(table.remove(key)?),
                    }
                }
                write.commit()?;
            }
        }
        Ok(())
    }

    /// All keys.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn keys(&self) -> Result<Vec<String>> {
        match self {
            Self::Memory(map) => Ok(lock(map).keys().cloned().collect()),
            Self::File(file, label) => match file.begin_read()?.open_table(Table::new(label)) {
                Ok(table) => table.iter()?.map(|entry| Ok(entry?.0.value().to_owned())).collect(),
                Err(TableError::TableDoesNotExist(_)) => Ok(Vec::new()),
                Err(e) => Err(e.into()),
            },
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::Stores;

    #[test]
    fn a_file_keeps_what_it_was_given_and_labels_are_apart() {
        let folder = std::env::temp_dir().join(format!("spin-host-{}", std::process::id()));
        for round in 0..2 {
            let stores = Stores::open(Some(&folder)).unwrap();
            let (a, b) = (stores.store("a"), stores.store("b"));
            if round == 0 {
                assert_eq!(a.get("k").unwrap(), None);
                a.put("k", Some(b"1")).unwrap();
                a.put("gone", Some(b"1")).unwrap();
                a.put("gone", None).unwrap();
            }
            assert_eq!(a.get("k").unwrap().as_deref(), Some(&b"1"[..]));
            assert_eq!(a.keys().unwrap(), ["k"]);
            assert!(b.keys().unwrap().is_empty());
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
