//! `/v1/uploads`: resumable uploads by the tus protocol, version 1.0.0 (<https://tus.io/protocols/resumable-upload>):
//! core, and the extensions creation, creation-with-upload, expiration, checksum and termination.
//!
//! The bytes come through an edge, which forwards at most [`CHUNK`] of them at once: the client sends larger files in
//! chunks (tus-js-client: `chunkSize`). What is acknowledged is in the object store.

mod append;
mod begin;
mod checksum;
mod metadata;

use aw_blobs::Blobs;
use aw_ingress::Caller;
use aw_origin_data::database;
use aw_platform::{
    ApiError, Body, Path, Response, Result, SqlPlatform,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
};
use bytes::Bytes;

use crate::{
    access,
    file::{self, File, Method as By, State, not_found},
    remove,
};

/// The version of the protocol.
const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination";
/// The longest body of a request, in bytes: what an edge forwards.
pub(crate) const CHUNK: usize = 8 << 20;
/// The largest upload, in bytes: it is at most 10,000 parts of 5 MiB.
pub(crate) const MOST: u64 = 32 << 30;
/// The media type of chunks.
const OFFSET_OCTETS: &str = "application/offset+octet-stream";

/// Answers a request to `/v1/uploads` or below it; `rest` is what follows.
///
/// # Errors
/// Our own faults; what is the client's is an answer with the protocol's headers.
pub(crate) async fn handle<P: SqlPlatform>(
    p: &P,
    blobs: &Blobs,
    caller: &Caller,
    head: &Parts,
    rest: &[&str],
    body: Bytes,
) -> Result<(Response<P>, bool), ApiError> {
    let (mut response, public) = match route(p, blobs, caller, head, rest, body).await {
        Ok(done) => done,
        Err(error) if error.status() < 500 => {
            let version = error.code() == "STORAGE_UPLOAD_VERSION";
            let mut response = error.into_response(&caller.request_id);
            if version {
                set(&mut response, "tus-version", VERSION);
            }
            (response, false)
        }
        Err(error) => return Err(error),
    };
    set(&mut response, "tus-resumable", VERSION);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok((response, public))
}

async fn route<P: SqlPlatform>(
    p: &P,
    blobs: &Blobs,
    caller: &Caller,
    head: &Parts,
    rest: &[&str],
    body: Bytes,
) -> Result<(Response<P>, bool), ApiError> {
    let headers = &head.headers;
    let method = method(head)?;
    if (&method, rest) == (&Method::OPTIONS, &[]) {
        return Ok((options::<P>(), false));
    }
    if headers.get("tus-resumable").and_then(|v| v.to_str().ok()) != Some(VERSION) {
        let why = "send Tus-Resumable: 1.0.0, the version that is spoken here";
        return Err(ApiError::new(412, "STORAGE_UPLOAD_VERSION", why));
    }
    access::staff(caller)?;
    let tenant = caller.require_tenant()?;
    let sql = database::tenant(p, tenant).await?;
    match (&method, rest) {
        (&Method::POST, []) => begin::begin(p, blobs, &sql, caller, tenant, headers, body).await,
        (&Method::HEAD, [id]) => Ok((show::<P>(&find(&sql, caller, id).await?)?, false)),
        (&Method::PATCH, [id]) => {
            let file = find(&sql, caller, id).await?;
            octets(headers)?;
            let offset = number(headers, "upload-offset")?;
            checksum::check(headers, &body)?;
            let file = append::append(p, blobs, &sql, tenant, file, offset, body).await?;
            let public = file.state == State::Stored;
            let mut response = Response::<P>::new(Body::Empty);
            *response.status_mut() = StatusCode::NO_CONTENT;
            progress(&mut response, &file);
            Ok((response, public))
        }
        (&Method::DELETE, [id]) => {
            let file = find(&sql, caller, id).await?;
            let public = remove::remove(p, &sql, caller, tenant, file.id, None).await?;
            let mut response = Response::<P>::new(Body::Empty);
            *response.status_mut() = StatusCode::NO_CONTENT;
            Ok((response, public))
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// The request's method, or the one that stands for it where a client can only POST.
fn method(head: &Parts) -> Result<Method, ApiError> {
    let named = head.headers.get("x-http-method-override").filter(|_| head.method == Method::POST);
    let Some(named) = named else { return Ok(head.method.clone()) };
    Method::from_bytes(named.as_bytes()).map_err(|_| ApiError::method_not_allowed())
}

fn options<P: SqlPlatform>() -> Response<P> {
    let mut response = Response::<P>::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    set(&mut response, "tus-version", VERSION);
    set(&mut response, "tus-extension", EXTENSIONS);
    set(&mut response, "tus-max-size", &MOST.to_string());
    set(&mut response, "tus-checksum-algorithm", checksum::ALGORITHMS);
    set(&mut response, "tus-max-chunk-size", &CHUNK.to_string());
    response
}

/// The resumable upload of that id.
async fn find<S: aw_platform::Sql>(sql: &S, caller: &Caller, id: &str) -> Result<File, ApiError> {
    let file = file::find(sql, Path::arg(id, "the upload")?).await?;
    access::check(caller, &file)?;
    if file.method == By::Tus { Ok(file) } else { Err(not_found()) }
}

/// How far an upload is.
fn show<P: SqlPlatform>(file: &File) -> Result<Response<P>, ApiError> {
    if file.state == State::Refused {
        return Err(ApiError::new(410, "STORAGE_UPLOAD_GONE", "the bytes of this upload were refused"));
    }
    let mut response = Response::<P>::new(Body::Empty);
    progress(&mut response, file);
    set(&mut response, "upload-length", &file.size.to_string());
    if let Some(metadata) = file.metadata.as_ref().filter(|metadata| !metadata.is_empty()) {
        set(&mut response, "upload-metadata", metadata);
    }
    Ok(response)
}

fn progress<B>(response: &mut aw_platform::http::Response<B>, file: &File) {
    set(response, "upload-offset", &file.position.to_string());
    if let Some(expires) = file.expires() {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(expires);
        set(response, "upload-expires", &httpdate::fmt_http_date(time));
    }
}

fn set<B>(response: &mut aw_platform::http::Response<B>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// A header that is a number of bytes.
fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, ApiError> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    let digits = value.filter(|value| !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|value| value.parse().ok()).ok_or_else(|| {
        ApiError::bad_request("STORAGE_UPLOAD_HEADER_INVALID", format!("{name} must be a number of bytes"))
    })
}

fn is_octets(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes() == OFFSET_OCTETS.as_bytes())
}

fn octets(headers: &HeaderMap) -> Result<(), ApiError> {
    if is_octets(headers) {
        return Ok(());
    }
    let why = "a chunk's Content-Type is application/offset+octet-stream";
    Err(ApiError::new(415, "REQUEST_MEDIA_TYPE_UNSUPPORTED", why))
}
