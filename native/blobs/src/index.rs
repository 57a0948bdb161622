//! The index: what is there. A row is written in a transaction that is on disk when it returns.

use std::{ops::Bound, path::Path};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    condition::Conditions,
    object::{Headers, Object},
};

const OBJECTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("objects");
const UPLOADS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("uploads");
/// By upload and number.
const PARTS: TableDefinition<'_, (&str, u32), &[u8]> = TableDefinition::new("parts");

/// The memory of redb: the rest is the operating system's cache.
const PAGES: usize = 8 << 20;

/// An upload in parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Upload {
    /// The key that it will have.
    pub(crate) key: String,
    /// What it will be served with.
    pub(crate) headers: Headers,
    /// Milliseconds since 1970.
    pub(crate) begun: u64,
}

/// A part of an upload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Part {
    /// The name of its file.
    pub(crate) file: String,
    /// In bytes.
    pub(crate) size: u64,
    /// MD5 in hexadecimal.
    pub(crate) md5: String,
    /// Milliseconds since 1970.
    pub(crate) modified: u64,
}

/// The index.
pub(crate) struct Index(Database);

/// Our own fault, with its cause for the log.
pub(crate) fn broken(error: impl std::error::Error + Send + Sync + 'static) -> S3Error {
    S3Error::with_source(S3ErrorCode::InternalError, Box::new(error))
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> S3Result<T> {
    serde_json::from_slice(bytes).map_err(broken)
}

fn encode<T: Serialize>(value: &T) -> S3Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(broken)
}

impl Index {
    /// The index in the file `path`.
    ///
    /// # Errors
    /// Another process has it, or it is broken.
    pub(crate) fn open(path: &Path) -> Result<Self, redb::Error> {
        let database = Database::builder().set_cache_size(PAGES).create(path)?;
        let begin = database.begin_write()?;
        begin.open_table(OBJECTS)?;
        begin.open_table(UPLOADS)?;
        begin.open_table(PARTS)?;
        begin.commit()?;
        Ok(Self(database))
    }

    /// The object under `key`.
    pub(crate) fn get(&self, key: &str) -> S3Result<Object> {
        let table = self.0.begin_read().map_err(broken)?.open_table(OBJECTS).map_err(broken)?;
        match table.get(key).map_err(broken)? {
            Some(found) => decode(found.value()),
            None => Err(s3_error!(NoSuchKey)),
        }
    }

    /// Objects whose keys begin with `prefix`, in order, from `from`: each goes to `visit` until it says where to go
    /// on instead, or to stop.
    pub(crate) fn walk(
        &self,
        prefix: &str,
        from: Bound<String>,
        mut visit: impl FnMut(&str, Object) -> S3Result<Walk>,
    ) -> S3Result<()> {
        let table = self.0.begin_read().map_err(broken)?.open_table(OBJECTS).map_err(broken)?;
        let mut from = from;
        loop {
            let low = match &from {
                Bound::Included(key) if key.as_str() > prefix => Bound::Included(key.as_str()),
                Bound::Excluded(key) if key.as_str() >= prefix => Bound::Excluded(key.as_str()),
                _ => Bound::Included(prefix),
            };
            let mut jump = None;
            for row in table.range::<&str>((low, Bound::Unbounded)).map_err(broken)? {
                let (key, value) = row.map_err(broken)?;
                if !key.value().starts_with(prefix) {
                    return Ok(());
                }
                match visit(key.value(), decode(value.value())?)? {
                    Walk::On => {}
                    Walk::Stop => return Ok(()),
                    Walk::Past(key) => {
                        jump = Some(key);
                        break;
                    }
                }
            }
            let Some(past) = jump else { return Ok(()) };
            // No key that begins so sorts behind it but one that continues with the last character there is.
            from = Bound::Excluded(format!("{past}\u{10ffff}"));
        }
    }

    fn write<T>(&self, work: impl FnOnce(&WriteTransaction) -> S3Result<T>) -> S3Result<T> {
        let transaction = self.0.begin_write().map_err(broken)?;
        let result = work(&transaction)?;
        transaction.commit().map_err(broken)?;
        Ok(result)
    }

    /// Stores an object where the conditions hold; the file of the one that was there.
    pub(crate) fn put(&self, key: &str, object: &Object, conditions: &Conditions) -> S3Result<Option<String>> {
        self.write(|transaction| replace(transaction, key, object, conditions))
    }

    /// Forgets objects; their files.
    pub(crate) fn delete<'a>(&self, keys: impl IntoIterator<Item = &'a str>) -> S3Result<Vec<String>> {
        self.write(|transaction| {
            let mut table = transaction.open_table(OBJECTS).map_err(broken)?;
            let mut files = Vec::new();
            for key in keys {
                if let Some(found) = table.remove(key).map_err(broken)? {
                    files.push(decode::<Object>(found.value())?.file);
                }
            }
            Ok(files)
        })
    }

    /// Begins an upload.
    pub(crate) fn begin(&self, id: &str, upload: &Upload) -> S3Result<()> {
        let value = encode(upload)?;
        self.write(|transaction| {
            let mut table = transaction.open_table(UPLOADS).map_err(broken)?;
            table.insert(id, value.as_slice()).map_err(broken)?;
            Ok(())
        })
    }

    /// The upload `id` of `key`.
    pub(crate) fn upload(&self, id: &str, key: &str) -> S3Result<Upload> {
        let table = self.0.begin_read().map_err(broken)?.open_table(UPLOADS).map_err(broken)?;
        let found = table.get(id).map_err(broken)?;
        let upload: Option<Upload> = found.map(|found| decode(found.value())).transpose()?;
        upload.filter(|upload| upload.key == key).ok_or_else(|| s3_error!(NoSuchUpload))
    }

    /// Every upload that is not ended, by its id.
    pub(crate) fn uploads(&self) -> S3Result<Vec<(String, Upload)>> {
        let table = self.0.begin_read().map_err(broken)?.open_table(UPLOADS).map_err(broken)?;
        let rows = table.iter().map_err(broken)?;
        rows.map(|row| {
            let (id, value) = row.map_err(broken)?;
            Ok((id.value().to_owned(), decode(value.value())?))
        })
        .collect()
    }

    /// Stores a part; the file of the one that it replaces.
    pub(crate) fn put_part(&self, id: &str, number: u32, part: &Part) -> S3Result<Option<String>> {
        let value = encode(part)?;
        self.write(|transaction| {
            // It may have ended while the part came in.
            if transaction.open_table(UPLOADS).map_err(broken)?.get(id).map_err(broken)?.is_none() {
                return Err(s3_error!(NoSuchUpload));
            }
            let mut table = transaction.open_table(PARTS).map_err(broken)?;
            let replaced = table.insert((id, number), value.as_slice()).map_err(broken)?;
            replaced.map(|part| Ok(decode::<Part>(part.value())?.file)).transpose()
        })
    }

    /// The parts of an upload, by number.
    pub(crate) fn parts(&self, id: &str) -> S3Result<Vec<(u32, Part)>> {
        let table = self.0.begin_read().map_err(broken)?.open_table(PARTS).map_err(broken)?;
        let rows = table.range((id, 0)..=(id, u32::MAX)).map_err(broken)?;
        rows.map(|row| {
            let (key, value) = row.map_err(broken)?;
            Ok((key.value().1, decode(value.value())?))
        })
        .collect()
    }

    /// Ends an upload, with the object that it became where it became one; the files that are garbage now.
    pub(crate) fn end(&self, id: &str, became: Option<(&str, &Object, &Conditions)>) -> S3Result<Vec<String>> {
        self.write(|transaction| {
            if transaction.open_table(UPLOADS).map_err(broken)?.remove(id).map_err(broken)?.is_none() {
                return Err(s3_error!(NoSuchUpload));
            }
            let mut files = Vec::new();
            let mut parts = transaction.open_table(PARTS).map_err(broken)?;
            let rows = parts.extract_from_if((id, 0)..=(id, u32::MAX), |_, _| true).map_err(broken)?;
            for row in rows {
                files.push(decode::<Part>(row.map_err(broken)?.1.value())?.file);
            }
            if let Some((key, object, conditions)) = became {
                files.extend(replace(transaction, key, object, conditions)?);
                files.retain(|file| *file != object.file);
            }
            Ok(files)
        })
    }
}

/// Where a walk goes on.
pub(crate) enum Walk {
    /// To the next object.
    On,
    /// Behind every key that begins so.
    Past(String),
    /// Nowhere.
    Stop,
}

fn replace(
    transaction: &WriteTransaction,
    key: &str,
    object: &Object,
    conditions: &Conditions,
) -> S3Result<Option<String>> {
    let value = encode(object)?;
    let mut table = transaction.open_table(OBJECTS).map_err(broken)?;
    let there: Option<Object> = table.get(key).map_err(broken)?.map(|found| decode(found.value())).transpose()?;
    conditions.write(there.as_ref())?;
    table.insert(key, value.as_slice()).map_err(broken)?;
    Ok(there.map(|there| there.file))
}
