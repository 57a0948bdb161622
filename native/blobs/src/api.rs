//! The API: what s3s has read from requests and verified, done by the store.

use std::io::SeekFrom;

use futures_util::TryStreamExt;
use s3s::{S3, S3Request, S3Response, S3Result, dto::*, s3_error};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::{
    condition::Conditions,
    index::broken,
    list::{self, Page, Query},
    multipart,
    object::{Checksums, Headers, Object, http_date, now, timestamp},
    receive::{Claims, receive},
    store::Store,
};

/// How much is read from a file at once.
const CHUNK: usize = 64 << 10;
/// The longest page of a list.
const PAGE: i32 = 1000;

/// The header fields of an object to be, from an input that has them.
macro_rules! headers {
    ($input:ident) => {
        Headers {
            content_type: $input.content_type,
            content_encoding: $input.content_encoding,
            content_disposition: $input.content_disposition,
            content_language: $input.content_language,
            cache_control: $input.cache_control,
            expires: $input.expires.and_then(http_date),
            redirect: $input.website_redirect_location,
            metadata: $input.metadata.unwrap_or_default().into_iter().collect(),
        }
    };
}

/// What the sender says of a body.
macro_rules! claims {
    ($input:ident, $trailers:expr) => {
        Claims {
            length: $input.content_length,
            md5: $input.content_md5,
            algorithm: $input.checksum_algorithm,
            checksums: Checksums {
                crc32: $input.checksum_crc32,
                crc32c: $input.checksum_crc32c,
                crc64nvme: $input.checksum_crc64nvme,
                sha1: $input.checksum_sha1,
                sha256: $input.checksum_sha256,
            },
            trailers: $trailers,
        }
    };
}

/// The conditions of an input that has them all.
macro_rules! conditions {
    ($input:ident) => {
        Conditions {
            if_match: $input.if_match,
            if_none_match: $input.if_none_match,
            if_modified_since: $input.if_modified_since,
            if_unmodified_since: $input.if_unmodified_since,
        }
    };
}

fn length(size: u64) -> S3Result<Option<i64>> {
    i64::try_from(size).map(Some).map_err(broken)
}

fn answer<T>(output: T) -> S3Result<S3Response<T>> {
    Ok(S3Response::new(output))
}

fn query(prefix: Option<String>, delimiter: Option<String>, after: Option<String>, most: Option<i32>) -> Query {
    let most = usize::try_from(most.unwrap_or(PAGE).clamp(0, PAGE)).unwrap_or_default();
    Query { prefix: prefix.unwrap_or_default(), delimiter, after, most }
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

#[async_trait::async_trait]
impl S3 for Store {
    async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        self.check(&request.input.bucket)?;
        answer(HeadBucketOutput::default())
    }

    async fn list_buckets(&self, _: S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
        let bucket = Bucket { name: Some(self.bucket.to_string()), ..Bucket::default() };
        answer(ListBucketsOutput { buckets: Some(vec![bucket]), ..ListBucketsOutput::default() })
    }

    async fn get_bucket_location(
        &self,
        request: S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        self.check(&request.input.bucket)?;
        answer(GetBucketLocationOutput::default())
    }

    async fn create_bucket(&self, request: S3Request<CreateBucketInput>) -> S3Result<S3Response<CreateBucketOutput>> {
        match self.check(&request.input.bucket) {
            Ok(()) => Err(s3_error!(BucketAlreadyOwnedByYou)),
            Err(_) => Err(s3_error!(TooManyBuckets, "this server has one bucket")),
        }
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let (input, trailers) = (request.input, request.trailing_headers);
        self.check(&input.bucket)?;
        let conditions =
            Conditions { if_match: input.if_match, if_none_match: input.if_none_match, ..Conditions::default() };
        // Before the body, so that it need not be sent; once more with the row, so that nobody comes between.
        conditions.write(self.index.get(&input.key).ok().as_ref())?;
        let received = receive(&self.files, input.body, claims!(input, trailers)).await?;
        let object = self.put(input.key, received, headers!(input), conditions).await?;
        let sums = object.checksums.clone();
        answer(PutObjectOutput {
            e_tag: Some(object.tag()),
            checksum_crc32: sums.crc32,
            checksum_crc32c: sums.crc32c,
            checksum_crc64nvme: sums.crc64nvme,
            checksum_sha1: sums.sha1,
            checksum_sha256: sums.sha256,
            ..PutObjectOutput::default()
        })
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        self.check(&input.bucket)?;
        let (object, mut file) = self.open_object(&input.key).await?;
        conditions!(input).read(&object)?;
        let range = input.range.map(|range| range.check(object.size)).transpose()?;
        let (start, end) = range.as_ref().map_or((0, object.size), |range| (range.start, range.end));
        file.seek(SeekFrom::Start(start)).await.map_err(broken)?;
        let stream = ReaderStream::with_capacity(file.take(end - start), CHUNK);
        let whole = range.is_none();
        let sums = if whole { object.checksums.clone() } else { Checksums::default() };
        let headers = &object.headers;
        answer(GetObjectOutput {
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

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        self.check(&input.bucket)?;
        let object = self.index.get(&input.key)?;
        conditions!(input).read(&object)?;
        let (headers, sums) = (&object.headers, object.checksums.clone());
        answer(HeadObjectOutput {
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

    async fn copy_object(&self, request: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
        let input = request.input;
        self.check(&input.bucket)?;
        let CopySource::Bucket { bucket, key, .. } = input.copy_source else {
            return Err(s3_error!(NotImplemented, "a copy is from a bucket"));
        };
        self.check(&bucket)?;
        let source = self.index.get(&key)?;
        let conditions = Conditions {
            if_match: input.copy_source_if_match,
            if_none_match: input.copy_source_if_none_match,
            if_modified_since: input.copy_source_if_modified_since,
            if_unmodified_since: input.copy_source_if_unmodified_since,
        };
        // A copy has no 304 to answer.
        conditions.read(&source).map_err(|_| s3_error!(PreconditionFailed))?;
        let replace = input.metadata_directive.as_ref().is_some_and(|d| d.as_str() == MetadataDirective::REPLACE);
        let headers = if replace { headers!(input) } else { source.headers.clone() };
        let from = source.file.clone();
        let file = self.blocking(move |store| store.files.join(&[from]).map_err(broken)).await?;
        let copy = Object { file, headers, modified: now(), ..source };
        let copy = self.commit(input.key, copy, Conditions::default()).await?;
        let result =
            CopyObjectResult { e_tag: Some(copy.tag()), last_modified: Some(copy.time()), ..Default::default() };
        answer(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() })
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.check(&request.input.bucket)?;
        self.forget(vec![request.input.key]).await?;
        answer(DeleteObjectOutput::default())
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        self.check(&request.input.bucket)?;
        let keys: Vec<String> = request.input.delete.objects.into_iter().map(|object| object.key).collect();
        self.forget(keys.clone()).await?;
        let deleted = keys.into_iter().map(|key| DeletedObject { key: Some(key), ..DeletedObject::default() });
        let quiet = request.input.delete.quiet == Some(true);
        let deleted = if quiet { None } else { Some(deleted.collect()) };
        answer(DeleteObjectsOutput { deleted, ..DeleteObjectsOutput::default() })
    }

    async fn list_objects(&self, request: S3Request<ListObjectsInput>) -> S3Result<S3Response<ListObjectsOutput>> {
        let input = request.input;
        self.check(&input.bucket)?;
        let asked = query(input.prefix.clone(), input.delimiter.clone(), input.marker.clone(), input.max_keys);
        let encoding = input.encoding_type.as_ref();
        let Page { objects, folded, next } = list::page(&self.index, &asked)?.written(encoding);
        let written = |text| list::written(text, encoding);
        answer(ListObjectsOutput {
            name: Some(input.bucket),
            prefix: Some(written(asked.prefix)),
            delimiter: input.delimiter.map(written),
            marker: input.marker.map(written),
            max_keys: i32::try_from(asked.most).ok(),
            is_truncated: Some(next.is_some()),
            next_marker: next.map(written),
            contents: some(objects),
            common_prefixes: some(folded),
            encoding_type: input.encoding_type,
            ..ListObjectsOutput::default()
        })
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        self.check(&input.bucket)?;
        let after = input.continuation_token.clone().or_else(|| input.start_after.clone());
        let asked = query(input.prefix.clone(), input.delimiter.clone(), after, input.max_keys);
        let encoding = input.encoding_type.as_ref();
        let page = list::page(&self.index, &asked)?.written(encoding);
        let written = |text| list::written(text, encoding);
        answer(ListObjectsV2Output {
            key_count: i32::try_from(page.len()).ok(),
            name: Some(input.bucket),
            prefix: Some(written(asked.prefix)),
            delimiter: input.delimiter.map(written),
            start_after: input.start_after.map(written),
            continuation_token: input.continuation_token,
            max_keys: i32::try_from(asked.most).ok(),
            is_truncated: Some(page.next.is_some()),
            next_continuation_token: page.next,
            contents: some(page.objects),
            common_prefixes: some(page.folded),
            encoding_type: input.encoding_type,
            ..ListObjectsV2Output::default()
        })
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = request.input;
        self.check(&input.bucket)?;
        let id = multipart::begin(self, input.key.clone(), headers!(input)).await?;
        answer(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id),
            ..CreateMultipartUploadOutput::default()
        })
    }

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        let (input, trailers) = (request.input, request.trailing_headers);
        self.check(&input.bucket)?;
        let number = multipart::number(input.part_number)?;
        self.index.upload(&input.upload_id, &input.key)?;
        let received = receive(&self.files, input.body, claims!(input, trailers)).await?;
        let sums = received.checksums.clone();
        let md5 = multipart::keep(self, input.upload_id, number, received).await?;
        answer(UploadPartOutput {
            e_tag: Some(ETag::Strong(md5)),
            checksum_crc32: sums.crc32,
            checksum_crc32c: sums.crc32c,
            checksum_crc64nvme: sums.crc64nvme,
            checksum_sha1: sums.sha1,
            checksum_sha256: sums.sha256,
            ..UploadPartOutput::default()
        })
    }

    async fn upload_part_copy(
        &self,
        request: S3Request<UploadPartCopyInput>,
    ) -> S3Result<S3Response<UploadPartCopyOutput>> {
        let input = request.input;
        self.check(&input.bucket)?;
        let CopySource::Bucket { bucket, key, .. } = input.copy_source else {
            return Err(s3_error!(NotImplemented, "a copy is from a bucket"));
        };
        self.check(&bucket)?;
        let number = multipart::number(input.part_number)?;
        self.index.upload(&input.upload_id, &input.key)?;
        let (object, mut file) = self.open_object(&key).await?;
        let conditions = Conditions {
            if_match: input.copy_source_if_match,
            if_none_match: input.copy_source_if_none_match,
            if_modified_since: input.copy_source_if_modified_since,
            if_unmodified_since: input.copy_source_if_unmodified_since,
        };
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
        let received = receive(&self.files, Some(StreamingBlob::wrap(stream)), Claims::default()).await?;
        let md5 = multipart::keep(self, input.upload_id, number, received).await?;
        let result = CopyPartResult {
            e_tag: Some(ETag::Strong(md5)),
            last_modified: Some(timestamp(now())),
            ..CopyPartResult::default()
        };
        answer(UploadPartCopyOutput { copy_part_result: Some(result), ..UploadPartCopyOutput::default() })
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = request.input;
        self.check(&input.bucket)?;
        let parts = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let conditions =
            Conditions { if_match: input.if_match, if_none_match: input.if_none_match, ..Conditions::default() };
        let object = multipart::complete(self, input.upload_id, input.key.clone(), parts, conditions).await?;
        answer(CompleteMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(object.tag()),
            ..CompleteMultipartUploadOutput::default()
        })
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let input = request.input;
        self.check(&input.bucket)?;
        self.index.upload(&input.upload_id, &input.key)?;
        self.blocking(move |store| {
            store.files.remove(store.index.end(&input.upload_id, None)?);
            Ok(())
        })
        .await?;
        answer(AbortMultipartUploadOutput::default())
    }

    async fn list_parts(&self, request: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        let input = request.input;
        self.check(&input.bucket)?;
        self.index.upload(&input.upload_id, &input.key)?;
        let part = |(number, part): (u32, crate::index::Part)| Part {
            part_number: i32::try_from(number).ok(),
            size: i64::try_from(part.size).ok(),
            e_tag: Some(ETag::Strong(part.md5)),
            last_modified: Some(timestamp(part.modified)),
            ..Part::default()
        };
        let after = input.part_number_marker.and_then(|marker| u32::try_from(marker).ok()).unwrap_or_default();
        let most = usize::try_from(input.max_parts.unwrap_or(PAGE).clamp(0, PAGE)).unwrap_or_default();
        let mut parts = self.index.parts(&input.upload_id)?;
        parts.retain(|(number, _)| *number > after);
        let more = parts.len() > most;
        parts.truncate(most);
        let next = parts.last().filter(|_| more).and_then(|(number, _)| i32::try_from(*number).ok());
        answer(ListPartsOutput {
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

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let input = request.input;
        self.check(&input.bucket)?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let mut uploads = self.index.uploads()?;
        uploads.retain(|(_, upload)| upload.key.starts_with(&prefix));
        uploads.sort_by(|(_, a), (_, b)| (&a.key, a.begun).cmp(&(&b.key, b.begun)));
        let upload = |(id, upload): (String, crate::index::Upload)| MultipartUpload {
            upload_id: Some(id),
            key: Some(upload.key),
            initiated: Some(timestamp(upload.begun)),
            ..MultipartUpload::default()
        };
        answer(ListMultipartUploadsOutput {
            bucket: Some(input.bucket),
            prefix: input.prefix,
            is_truncated: Some(false),
            uploads: some(uploads.into_iter().map(upload).collect()),
            ..ListMultipartUploadsOutput::default()
        })
    }
}

impl Store {
    /// The object and its file, open. A file that was replaced between the two looks is looked for again.
    async fn open_object(&self, key: &str) -> S3Result<(Object, tokio::fs::File)> {
        let mut tries = 0;
        loop {
            let object = self.index.get(key)?;
            match tokio::fs::File::open(self.files.path(&object.file)).await {
                Ok(file) => return Ok((object, file)),
                Err(e) if tries == 3 => return Err(broken(e)),
                Err(_) => tries += 1,
            }
        }
    }

    async fn forget(&self, keys: Vec<String>) -> S3Result<()> {
        self.blocking(move |store| {
            store.files.remove(store.index.delete(keys.iter().map(String::as_str))?);
            Ok(())
        })
        .await
    }
}
