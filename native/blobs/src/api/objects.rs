//! Objects.

use std::io::SeekFrom;

use futures_util::TryStreamExt;
use s3s::{S3Result, TrailingHeaders, dto::*, s3_error};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
};
use tokio_util::io::ReaderStream;

use super::{
    CHUNK,
    inputs::{claims, conditions, headers, source, source_conditions},
};
use crate::{
    condition::Conditions,
    index::broken,
    object::{Checksums, Headers, Object, http_date, now},
    receive::{Claims, receive},
    store::Store,
};

fn length(size: u64) -> S3Result<Option<i64>> {
    i64::try_from(size).map(Some).map_err(broken)
}

/// Keeps an object.
pub(super) async fn put(
    store: &Store,
    input: PutObjectInput,
    trailers: Option<TrailingHeaders>,
) -> S3Result<PutObjectOutput> {
    let conditions =
        Conditions { if_match: input.if_match, if_none_match: input.if_none_match, ..Conditions::default() };
    // Before the body, so that it need not be sent; once more with the row, so that nobody comes between.
    conditions.write(store.index.get(&input.key).ok().as_ref())?;
    let received = receive(&store.files, input.body, claims!(input, trailers)).await?;
    let object = store.put(input.key, received, headers!(input), conditions).await?;
    let sums = object.checksums.clone();
    Ok(PutObjectOutput {
        e_tag: Some(object.tag()),
        checksum_crc32: sums.crc32,
        checksum_crc32c: sums.crc32c,
        checksum_crc64nvme: sums.crc64nvme,
        checksum_sha1: sums.sha1,
        checksum_sha256: sums.sha256,
        ..PutObjectOutput::default()
    })
}

/// An object, or a part of it.
pub(super) async fn get(store: &Store, input: GetObjectInput) -> S3Result<GetObjectOutput> {
    let (object, mut file) = open(store, &input.key).await?;
    conditions!(input).read(&object)?;
    let range = input.range.map(|range| range.check(object.size)).transpose()?;
    let (start, end) = range.as_ref().map_or((0, object.size), |range| (range.start, range.end));
    file.seek(SeekFrom::Start(start)).await.map_err(broken)?;
    let stream = ReaderStream::with_capacity(file.take(end - start), CHUNK);
    let whole = range.is_none();
    let sums = if whole { object.checksums.clone() } else { Checksums::default() };
    let headers = &object.headers;
    Ok(GetObjectOutput {
        body: Some(StreamingBlob::wrap(stream.map_err(std::io::Error::other))),
        content_length: length(end - start)?,
        content_range: range.map(|range| format!("bytes {}-{}/{}", range.start, range.end - 1, object.size)),
        accept_ranges: Some("bytes".to_owned()),
        e_tag: Some(object.tag()),
        last_modified: Some(object.time()),
        content_type: input.response_content_type.or_else(|| headers.content_type.clone()),
        content_encoding: input.response_content_encoding.or_else(|| headers.content_encoding.clone()),
        content_disposition: input.response_content_disposition.or_else(|| headers.content_disposition.clone()),
        content_language: input.response_content_language.or_else(|| headers.content_language.clone()),
        cache_control: input.response_cache_control.or_else(|| headers.cache_control.clone()),
        expires: input.response_expires.or_else(|| headers.expires()),
        website_redirect_location: headers.redirect.clone(),
        metadata: headers.metadata(),
        checksum_crc32: sums.crc32,
        checksum_crc32c: sums.crc32c,
        checksum_crc64nvme: sums.crc64nvme,
        checksum_sha1: sums.sha1,
        checksum_sha256: sums.sha256,
        ..GetObjectOutput::default()
    })
}

/// What is said of an object.
pub(super) fn head(store: &Store, input: HeadObjectInput) -> S3Result<HeadObjectOutput> {
    let object = store.index.get(&input.key)?;
    conditions!(input).read(&object)?;
    let (headers, sums) = (&object.headers, object.checksums.clone());
    Ok(HeadObjectOutput {
        content_length: length(object.size)?,
        accept_ranges: Some("bytes".to_owned()),
        e_tag: Some(object.tag()),
        last_modified: Some(object.time()),
        content_type: headers.content_type.clone(),
        content_encoding: headers.content_encoding.clone(),
        content_disposition: headers.content_disposition.clone(),
        content_language: headers.content_language.clone(),
        cache_control: headers.cache_control.clone(),
        expires: headers.expires(),
        website_redirect_location: headers.redirect.clone(),
        metadata: headers.metadata(),
        checksum_crc32: sums.crc32,
        checksum_crc32c: sums.crc32c,
        checksum_crc64nvme: sums.crc64nvme,
        checksum_sha1: sums.sha1,
        checksum_sha256: sums.sha256,
        ..HeadObjectOutput::default()
    })
}

/// Keeps what another object is.
pub(super) async fn copy(store: &Store, input: CopyObjectInput) -> S3Result<CopyObjectOutput> {
    let key = source(store, input.copy_source)?;
    let source = store.index.get(&key)?;
    let conditions = source_conditions!(input);
    // A copy has no 304 to answer.
    conditions.read(&source).map_err(|_| s3_error!(PreconditionFailed))?;
    let replace = input.metadata_directive.as_ref().is_some_and(|d| d.as_str() == MetadataDirective::REPLACE);
    let headers = if replace { headers!(input) } else { source.headers.clone() };
    let from = source.file.clone();
    let file = store.blocking(move |store| store.files.join(&[from]).map_err(broken)).await?;
    let copy = Object { file, headers, modified: now(), ..source };
    let copy = store.commit(input.key, copy, Conditions::default()).await?;
    let result = CopyObjectResult { e_tag: Some(copy.tag()), last_modified: Some(copy.time()), ..Default::default() };
    Ok(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() })
}

/// Forgets an object; one that is not there is no error.
pub(super) async fn delete(store: &Store, input: DeleteObjectInput) -> S3Result<DeleteObjectOutput> {
    forget(store, vec![input.key]).await?;
    Ok(DeleteObjectOutput::default())
}

/// Forgets several.
pub(super) async fn delete_all(store: &Store, input: DeleteObjectsInput) -> S3Result<DeleteObjectsOutput> {
    let keys: Vec<String> = input.delete.objects.into_iter().map(|object| object.key).collect();
    forget(store, keys.clone()).await?;
    let deleted = keys.into_iter().map(|key| DeletedObject { key: Some(key), ..DeletedObject::default() });
    let quiet = input.delete.quiet == Some(true);
    let deleted = if quiet { None } else { Some(deleted.collect()) };
    Ok(DeleteObjectsOutput { deleted, ..DeleteObjectsOutput::default() })
}

/// The object and its file, open. A file that was replaced between the two looks is looked for again.
pub(super) async fn open(store: &Store, key: &str) -> S3Result<(Object, File)> {
    let mut tries = 0;
    loop {
        let object = store.index.get(key)?;
        match File::open(store.files.path(&object.file)).await {
            Ok(file) => return Ok((object, file)),
            Err(e) if tries == 3 => return Err(broken(e)),
            Err(_) => tries += 1,
        }
    }
}

async fn forget(store: &Store, keys: Vec<String>) -> S3Result<()> {
    store
        .blocking(move |store| {
            store.files.remove(store.index.delete(keys.iter().map(String::as_str))?);
            Ok(())
        })
        .await
}
