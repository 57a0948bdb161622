//! Objects on their way out: whole, in part, or not at all where the reader has them.

use aw_edge_core::{Call, Context, conditional, conditional::Condition, reply, values};
use aw_model::{ObjectRef, key, object};
use aw_platform::{ApiError, Body, Bytes, Error, Platform, Response, Result as PortResult};
use futures_util::stream;
use http::{HeaderValue, Method, StatusCode, header, request::Parts};

use crate::range::{self, Range};

/// Answers with an object, conditions and ranges heeded. `ETag` is its SHA-256.
///
/// # Errors
/// 412, 416; 503 where this edge does not have it and the origin cannot be asked.
pub(crate) async fn serve<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    wanted: &ObjectRef,
    media_type: &str,
) -> Result<Response<P>, ApiError> {
    let etag = format!("\"{}\"", wanted.sha256);
    if conditional::evaluate(&head.headers, &etag)? == Condition::NotModified {
        let mut response = reply::not_modified::<P>();
        reply::set(&mut response, header::ETAG, &etag);
        return Ok(response);
    }
    let (status, from, to) = match range::evaluate(&head.headers, &etag, wanted.size) {
        Range::Whole => (StatusCode::OK, 0, wanted.size),
        Range::Part { from, to } => (StatusCode::PARTIAL_CONTENT, from, to),
        Range::Unsatisfiable => return Ok(unsatisfiable(wanted.size)),
    };
    let body = match head.method {
        Method::HEAD => Body::Empty,
        _ => read(ctx, wanted, from, to).await?,
    };
    let mut response = Response::<P>::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, (to - from).into());
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if status == StatusCode::PARTIAL_CONTENT {
        let last = to - 1; // a part is never empty
        reply::set(&mut response, header::CONTENT_RANGE, &format!("bytes {from}-{last}/{}", wanted.size));
    }
    reply::set(&mut response, header::CONTENT_TYPE, media_type);
    reply::set(&mut response, header::ETAG, &etag);
    Ok(response)
}

/// The bytes `from..to` of an object. A part in full is passed through unopened.
pub(crate) async fn read<P: Platform>(
    ctx: &Context<P>,
    wanted: &ObjectRef,
    from: u64,
    to: u64,
) -> Result<Body<P::Body>, ApiError> {
    if from >= to {
        return Ok(Body::Empty);
    }
    let parts = Parted {
        call: ctx.call.clone(),
        tenant: ctx.site.tenant().id.clone(),
        sha256: wanted.sha256.clone(),
        from,
        to,
    };
    let (first, last) = (part_of(from), part_of(to - 1));
    if first == last {
        return if from == 0 && to == wanted.size {
            parts.open(first).await
        } else {
            Ok(parts.get(first).await?.into())
        };
    }
    // The first part is at hand before the head goes out, so that its absence can still be a status.
    let begin = parts.get(first).await?;
    let rest = stream::unfold((parts, first + 1), move |(parts, n)| async move {
        if n > last {
            return None;
        }
        let chunk: PortResult<Bytes> = parts.get(n).await.map_err(|error| Error::upstream(error.message().to_owned()));
        // After an error there is nothing more to say.
        let next = if chunk.is_ok() { n + 1 } else { u64::MAX };
        Some((chunk, (parts, next)))
    });
    Ok(Body::stream(futures_util::StreamExt::chain(stream::iter([Ok(begin)]), rest)))
}

fn part_of(byte: u64) -> u64 {
    byte / object::PART
}

/// The parts of an object, cut to the bytes `from..to`.
struct Parted<P> {
    call: Call<P>,
    tenant: String,
    sha256: String,
    from: u64,
    to: u64,
}

impl<P: Platform> Parted<P> {
    fn key(&self, part: u64) -> String {
        key::object(&self.tenant, &self.sha256, u32::try_from(part).unwrap_or(u32::MAX))
    }

    async fn open(&self, part: u64) -> Result<Body<P::Body>, ApiError> {
        values::open(&self.call, &self.key(part)).await?.ok_or_else(|| self.missing())
    }

    async fn get(&self, part: u64) -> Result<Bytes, ApiError> {
        let bytes = values::get(&self.call, &self.key(part)).await?.ok_or_else(|| self.missing())?;
        let begin = part * object::PART;
        let (from, to) = (self.from.max(begin) - begin, self.to.min(begin + object::PART) - begin);
        if to > bytes.len() as u64 {
            self.call.note(format_args!("part {part} of {} is too short", self.sha256));
            return Err(self.missing());
        }
        // Both are at most a part's length.
        Ok(bytes.slice(from as usize..to as usize))
    }

    /// A manifest names an object that nobody has: it is on its way, or the manifest is about to be replaced.
    fn missing(&self) -> ApiError {
        self.call.note(format_args!("object {} is missing", self.sha256));
        ApiError::new(503, "EDGE_OBJECT_MISSING", "this has not reached this place yet; try again soon").retry_after(5)
    }
}

fn unsatisfiable<B: Default>(size: u64) -> http::Response<B> {
    let mut response = http::Response::new(B::default());
    *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    reply::set(&mut response, header::CONTENT_RANGE, &format!("bytes */{size}"));
    response
}
