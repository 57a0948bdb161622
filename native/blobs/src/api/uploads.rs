//! Uploads in parts.

use std::io::SeekFrom;

use futures_util::TryStreamExt;
use s3s::{S3Result, TrailingHeaders, dto::*, s3_error};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::{
    CHUNK, PAGE,
    inputs::{claims, headers, source, source_conditions},
    objects, some,
};
use crate::{
    condition::Conditions,
    index::broken,
    multipart,
    object::{Checksums, Headers, http_date, now, timestamp},
    receive::{Claims, receive},
    store::Store,
};

/// Begins an upload.
pub(super) async fn begin(store: &Store, input: CreateMultipartUploadInput) -> S3Result<CreateMultipartUploadOutput> {
    let id = multipart::begin(store, input.key.clone(), headers!(input)).await?;
    Ok(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        ..CreateMultipartUploadOutput::default()
    })
}

/// Keeps a part.
pub(super) async fn part(
    store: &Store,
    input: UploadPartInput,
    trailers: Option<TrailingHeaders>,
) -> S3Result<UploadPartOutput> {
    let number = multipart::number(input.part_number)?;
    store.index.upload(&input.upload_id, &input.key)?;
    let received = receive(&store.files, input.body, claims!(input, trailers)).await?;
    let sums = received.checksums.clone();
    let md5 = multipart::keep(store, input.upload_id, number, received).await?;
    Ok(UploadPartOutput {
        e_tag: Some(ETag::Strong(md5)),
        checksum_crc32: sums.crc32,
        checksum_crc32c: sums.crc32c,
        checksum_crc64nvme: sums.crc64nvme,
        checksum_sha1: sums.sha1,
        checksum_sha256: sums.sha256,
        ..UploadPartOutput::default()
    })
}

/// Keeps a part of what another object is.
pub(super) async fn part_copy(store: &Store, input: UploadPartCopyInput) -> S3Result<UploadPartCopyOutput> {
    let key = source(store, input.copy_source)?;
    let number = multipart::number(input.part_number)?;
    store.index.upload(&input.upload_id, &input.key)?;
    let (object, mut file) = objects::open(store, &key).await?;
    let conditions = source_conditions!(input);
    conditions.read(&object).map_err(|_| s3_error!(PreconditionFailed))?;
    let (start, end) = match &input.copy_source_range {
        Some(range) => {
            let range = Range::parse(range).map_err(|_| s3_error!(InvalidArgument, "not a range of bytes"))?;
            let range = range.check(object.size)?;
            (range.start, range.end)
        }
        None => (0, object.size),
    };
    file.seek(SeekFrom::Start(start)).await.map_err(broken)?;
    let stream = ReaderStream::with_capacity(file.take(end - start), CHUNK).map_err(std::io::Error::other);
    let received = receive(&store.files, Some(StreamingBlob::wrap(stream)), Claims::default()).await?;
    let md5 = multipart::keep(store, input.upload_id, number, received).await?;
    let result = CopyPartResult {
        e_tag: Some(ETag::Strong(md5)),
        last_modified: Some(timestamp(now())),
        ..CopyPartResult::default()
    };
    Ok(UploadPartCopyOutput { copy_part_result: Some(result), ..UploadPartCopyOutput::default() })
}

/// Makes the object of its parts.
pub(super) async fn complete(
    store: &Store,
    input: CompleteMultipartUploadInput,
) -> S3Result<CompleteMultipartUploadOutput> {
    let parts = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
    let conditions =
        Conditions { if_match: input.if_match, if_none_match: input.if_none_match, ..Conditions::default() };
    let object = multipart::complete(store, input.upload_id, input.key.clone(), parts, conditions).await?;
    Ok(CompleteMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(object.tag()),
        ..CompleteMultipartUploadOutput::default()
    })
}

/// Forgets an upload and its parts.
pub(super) async fn abort(store: &Store, input: AbortMultipartUploadInput) -> S3Result<AbortMultipartUploadOutput> {
    store.index.upload(&input.upload_id, &input.key)?;
    store
        .blocking(move |store| {
            store.files.remove(store.index.end(&input.upload_id, None)?);
            Ok(())
        })
        .await?;
    Ok(AbortMultipartUploadOutput::default())
}

/// A page of an upload's parts.
pub(super) fn parts(store: &Store, input: ListPartsInput) -> S3Result<ListPartsOutput> {
    store.index.upload(&input.upload_id, &input.key)?;
    let part = |(number, part): (u32, crate::index::Part)| Part {
        part_number: i32::try_from(number).ok(),
        size: i64::try_from(part.size).ok(),
        e_tag: Some(ETag::Strong(part.md5)),
        last_modified: Some(timestamp(part.modified)),
        ..Part::default()
    };
    let after = input.part_number_marker.and_then(|marker| u32::try_from(marker).ok()).unwrap_or_default();
    let most = usize::try_from(input.max_parts.unwrap_or(PAGE).clamp(0, PAGE)).unwrap_or_default();
    let mut parts = store.index.parts(&input.upload_id)?;
    parts.retain(|(number, _)| *number > after);
    let more = parts.len() > most;
    parts.truncate(most);
    let next = parts.last().filter(|_| more).and_then(|(number, _)| i32::try_from(*number).ok());
    Ok(ListPartsOutput {
        parts: some(parts.into_iter().map(part).collect()),
        part_number_marker: input.part_number_marker,
        next_part_number_marker: next,
        max_parts: i32::try_from(most).ok(),
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        is_truncated: Some(more),
        ..ListPartsOutput::default()
    })
}

/// The uploads that go on.
pub(super) fn all(store: &Store, input: ListMultipartUploadsInput) -> S3Result<ListMultipartUploadsOutput> {
    let prefix = input.prefix.clone().unwrap_or_default();
    let mut uploads = store.index.uploads()?;
    uploads.retain(|(_, upload)| upload.key.starts_with(&prefix));
    uploads.sort_by(|(_, a), (_, b)| (&a.key, a.begun).cmp(&(&b.key, b.begun)));
    let upload = |(id, upload): (String, crate::index::Upload)| MultipartUpload {
        upload_id: Some(id),
        key: Some(upload.key),
        initiated: Some(timestamp(upload.begun)),
        ..MultipartUpload::default()
    };
    Ok(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: input.prefix,
        is_truncated: Some(false),
        uploads: some(uploads.into_iter().map(upload).collect()),
        ..ListMultipartUploadsOutput::default()
    })
}
