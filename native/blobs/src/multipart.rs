//! Uploads in parts.

use s3s::{
    S3Result,
    crypto::{Checksum as _, Md5},
    dto::CompletedPart,
    s3_error,
};
use uuid::Uuid;

use crate::{
    condition::Conditions,
    index::{Part, Upload, broken},
    object::{Checksums, Headers, Object, now},
    receive::Received,
    store::{Store, hex},
};

/// The shortest part but the last, in bytes.
const SHORTEST: u64 = 5 << 20;
/// The highest number of a part.
const HIGHEST: i32 = 10_000;

/// Begins an upload of `key`; its id.
pub(crate) async fn begin(store: &Store, key: String, headers: Headers) -> S3Result<String> {
    let id = Uuid::new_v4().simple().to_string();
    let upload = Upload { key, headers, begun: now() };
    store.blocking(move |store| store.index.begin(&id, &upload).map(|()| id)).await
}

/// A part's number.
///
/// # Errors
/// 400: it is none of 1 to 10,000.
pub(crate) fn number(number: i32) -> S3Result<u32> {
    let valid = (1..=HIGHEST).contains(&number).then(|| number.unsigned_abs());
    valid.ok_or_else(|| s3_error!(InvalidArgument, "a part's number is 1 to 10000"))
}

/// Keeps a part that was received; its MD5.
pub(crate) async fn keep(store: &Store, id: String, number: u32, received: Received) -> S3Result<String> {
    let part = Part { file: received.file, size: received.size, md5: hex(&received.md5), modified: now() };
    store
        .blocking(move |store| match store.index.put_part(&id, number, &part) {
            Ok(replaced) => {
                store.files.remove(replaced);
                Ok(part.md5)
            }
            Err(e) => {
                store.files.remove([part.file]);
                Err(e)
            }
        })
        .await
}

/// Makes the parts that are named the object `key`.
///
/// # Errors
/// 400: a part is not there, another one, out of order or too short; 404; 412.
pub(crate) async fn complete(
    store: &Store,
    id: String,
    key: String,
    named: Vec<CompletedPart>,
    conditions: Conditions,
) -> S3Result<Object> {
    store
        .blocking(move |store| {
            let upload = store.index.upload(&id, &key)?;
            let parts = chosen(&store.index.parts(&id)?, &named)?;
            conditions.write(store.index.get(&key).ok().as_ref())?;
            let files: Vec<String> = parts.iter().map(|part| part.file.clone()).collect();
            let file = match files.as_slice() {
                [only] => only.clone(),
                files => store.files.join(files).map_err(broken)?,
            };
            let object = Object {
                size: parts.iter().map(|part| part.size).sum(),
                etag: etag(&parts),
                modified: now(),
                headers: upload.headers,
                checksums: Checksums::default(),
                file,
            };
            match store.index.end(&id, Some((&key, &object, &conditions))) {
                Ok(garbage) => store.files.remove(garbage),
                Err(e) => {
                    // The file of a single part is still that part's.
                    store.files.remove([object.file].into_iter().filter(|file| !files.contains(file)));
                    return Err(e);
                }
            }
            Ok(object)
        })
        .await
}

/// The parts that are named, in their order.
fn chosen(there: &[(u32, Part)], named: &[CompletedPart]) -> S3Result<Vec<Part>> {
    if named.is_empty() {
        return Err(s3_error!(MalformedXML, "an upload has at least one part"));
    }
    let mut before = 0;
    let mut parts = Vec::with_capacity(named.len());
    for name in named {
        let number = number(name.part_number.unwrap_or_default())?;
        if number <= before {
            return Err(s3_error!(InvalidPartOrder));
        }
        before = number;
        let found = there.iter().find(|(n, _)| *n == number).map(|(_, part)| part);
        let same = |part: &&Part| name.e_tag.as_ref().is_none_or(|tag| tag.value() == part.md5);
        parts.push(found.filter(same).ok_or_else(|| s3_error!(InvalidPart))?.clone());
    }
    match parts.iter().rev().skip(1).all(|part| part.size >= SHORTEST) {
        true => Ok(parts),
        false => Err(s3_error!(EntityTooSmall)),
    }
}

/// The MD5 of the parts' MD5s, and how many they are: what every S3 answers.
fn etag(parts: &[Part]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        let bytes: Vec<u8> = (0..part.md5.len() / 2)
            .filter_map(|n| u8::from_str_radix(part.md5.get(2 * n..2 * n + 2)?, 16).ok())
            .collect();
        md5.update(&bytes);
    }
    format!("{}-{}", hex(&md5.finalize()), parts.len())
}
