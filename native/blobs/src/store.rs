//! Objects: what the API does to files and index together.

use std::{path::Path, sync::Arc};

use s3s::{S3Result, s3_error};

use crate::{
    condition::Conditions,
    files::Files,
    index::{Index, broken},
    object::{Headers, Object, now},
    receive::Received,
};

/// One bucket in a folder. A clone is another handle on it.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) bucket: Arc<str>,
    pub(crate) files: Files,
    pub(crate) index: Arc<Index>,
}

impl Store {
    /// The bucket in `folder`.
    ///
    /// # Errors
    /// One line: the folder cannot be used.
    pub(crate) fn open(folder: &Path, bucket: &str) -> Result<Self, String> {
        let at = |e: &dyn std::fmt::Display| format!("{}: {e}", folder.display());
        let index = Index::open(&folder.join("index.redb")).map_err(|e| at(&e))?;
        let files = Files::open(folder).map_err(|e| at(&e))?;
        Ok(Self { bucket: bucket.into(), files, index: Arc::new(index) })
    }

    /// Whether `bucket` is the one that there is.
    ///
    /// # Errors
    /// 404 `NoSuchBucket`.
    pub(crate) fn check(&self, bucket: &str) -> S3Result<()> {
        if *self.bucket == *bucket { Ok(()) } else { Err(s3_error!(NoSuchBucket)) }
    }

    /// Runs `work`, which waits for the disk, beside the requests.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> S3Result<T> + Send + 'static,
    ) -> S3Result<T> {
        let store = self.clone();
        tokio::task::spawn_blocking(move || work(&store)).await.map_err(broken)?
    }

    /// Makes what was received the object `key`, where the conditions hold.
    ///
    /// # Errors
    /// 412; nothing is left of what was received.
    pub(crate) async fn put(
        &self,
        key: String,
        received: Received,
        headers: Headers,
        conditions: Conditions,
    ) -> S3Result<Object> {
        let Received { file, size, md5, checksums } = received;
        let object = Object { file, size, etag: hex(&md5), modified: now(), headers, checksums };
        self.commit(key, object, conditions).await
    }

    /// Makes `object`, whose file is there, the object `key`.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub(crate) async fn commit(&self, key: String, object: Object, conditions: Conditions) -> S3Result<Object> {
        self.blocking(move |store| {
            let replaced = store.index.put(&key, &object, &conditions);
            match replaced {
                Ok(replaced) => store.files.remove(replaced),
                Err(e) => {
                    store.files.remove([object.file.clone()]);
                    return Err(e);
                }
            }
            Ok(object)
        })
        .await
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
