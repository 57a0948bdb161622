//! Published values: in KV, and where they are missing there, at the origin.

use std::{rc::Rc, time::Duration};

use aw_model::{key, names, object, record};
use aw_platform::{ApiError, Body, Error, Kv, Platform, Result as PortResult, StoreId};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::{Call, Retained, fill};

const STORE: StoreId = StoreId(names::STORE);

/// A record: its version and its value, `None` for one that was deleted.
#[derive(Debug)]
pub struct Record<T> {
    /// Only grows.
    pub version: u64,
    /// The value.
    pub value: Option<T>,
}

/// The value under `key`; `None` where nobody has one.
///
/// # Errors
/// 503 where this edge does not have it and the origin cannot be asked.
pub async fn get<P: Platform>(call: &Call<P>, key: &str) -> Result<Option<Bytes>, ApiError> {
    match store(call)?.get(key).await {
        Ok(Some(value)) => return Ok(Some(value)),
        Ok(None) => {}
        // A store that fails is a store without the value: the origin has it.
        Err(error) => call.note(error),
    }
    fill::fill(call, key).await
}

/// The value under `key`, unopened where this edge has it.
///
/// # Errors
/// As [`get`].
pub async fn open<P: Platform>(call: &Call<P>, key: &str) -> Result<Option<Body<P::Body>>, ApiError> {
    match store(call)?.open(key).await {
        Ok(Some(body)) => return Ok(Some(body)),
        Ok(None) => {}
        Err(error) => call.note(error),
    }
    Ok(fill::fill(call, key).await?.map(Body::from))
}

/// How long a record is believed without asking the store again, where the store may be as stale itself: a reader
/// then waits for one answer of the store instead of three.
const FRESH: Duration = Duration::from_secs(1);

/// The record under `key`, parsed; kept in `retained` for as long as its bytes are the same. `None` where there is
/// none, or only a tombstone.
///
/// # Errors
/// As [`get`]; 500 where its bytes are not a record of `T`.
pub async fn record<P: Platform, T: FromJson + 'static>(
    call: &Call<P>,
    key: &str,
    retained: &Retained<Record<T>>,
) -> Result<Option<Rc<Record<T>>>, ApiError> {
    let (now, fresh) = (call.platform.now(), P::Kv::STALE.min(FRESH));
    if !fresh.is_zero()
        && let Some(record) = retained.fresh(key, now)
    {
        return Ok(record.value.is_some().then_some(record));
    }
    let Some(raw) = get(call, key).await? else { return Ok(None) };
    let parsed = retained.get_or(key, &raw, parse);
    match parsed {
        Ok(record) => {
            if !fresh.is_zero() {
                retained.seen(key, now + fresh.as_millis() as u64);
            }
            Ok(record.value.is_some().then_some(record))
        }
        Err(error) => Err(unreadable(call, key, error)),
    }
}

/// A record, or a part of it, that is not what it should be: its key or its kind is in the log, and the reader gets a 500.
pub fn unreadable<P: Platform>(call: &Call<P>, what: &str, error: impl std::fmt::Display) -> ApiError {
    call.note(format_args!("{what}: {error}"));
    Error::internal("a record cannot be read").into()
}

fn parse<T: FromJson>(raw: &Bytes) -> serde_json::Result<Record<T>> {
    let (version, json) = record::split(raw).ok_or_else(|| serde::de::Error::custom("not a record"))?;
    let value = if json.is_empty() { None } else { Some(T::from_json(&raw.slice_ref(json))?) };
    Ok(Record { version, value })
}

/// What a record's JSON is read into: anything that can be deserialized, or what keeps parts of it as they are.
pub trait FromJson: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// It is not the JSON of one.
    fn from_json(json: &Bytes) -> serde_json::Result<Self>;
}

impl<T: DeserializeOwned> FromJson for T {
    fn from_json(json: &Bytes) -> serde_json::Result<Self> {
        serde_json::from_slice(json)
    }
}

/// What became of a value that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is in the store now.
    Stored,
    /// It was there: an object's part, or a record of this version, which is not older.
    Already(u64),
    /// It is no value that may be under that key.
    Invalid(&'static str),
}

/// Puts `value` under `key`, unless what is there is as new. The store has no compare-and-swap: of two at once the
/// later one may win, and the origin's next delivery sets it right.
///
/// # Errors
/// The store cannot be reached.
pub async fn keep<P: Platform>(platform: &P, key: &str, value: Bytes) -> PortResult<Kept> {
    if let Some(why) = invalid(key, &value) {
        return Ok(Kept::Invalid(why));
    }
    let kv = platform.kv(STORE)?;
    if key::is_object(key) {
        if kv.open(key).await?.is_some() {
            return Ok(Kept::Already(0));
        }
    } else if let Some((there, _)) = kv.get(key).await?.as_deref().and_then(record::split)
        && version(&value).is_none_or(|new| new <= there)
    {
        return Ok(Kept::Already(there));
    }
    kv.put(key, value, None).await?;
    Ok(Kept::Stored)
}

/// Why `value` may not be under `key`. An object of one part must have the SHA-256 that names it; of several parts
/// each but the last is [`object::PART`] bytes.
pub(crate) fn invalid(key: &str, value: &[u8]) -> Option<&'static str> {
    if !key::is_valid(key) {
        return Some("the key is not one that a value can have");
    }
    if !key::is_object(key) {
        return version(value).is_none().then_some("a record begins with its version and a line feed");
    }
    let mut parts = key.split('/').skip(2);
    let (Some(sha256), part, None) = (parts.next(), parts.next(), parts.next()) else {
        return Some("an object's key is o/TENANT/SHA256 or o/TENANT/SHA256/PART");
    };
    let numbered = |n: &str| n.parse::<u32>().is_ok_and(|number| number > 0 && number.to_string() == n);
    if !object::is_sha256(sha256) || !part.is_none_or(numbered) {
        return Some("an object's key is o/TENANT/SHA256 or o/TENANT/SHA256/PART");
    }
    let size = value.len() as u64;
    if size > object::PART {
        return Some("an object's part is too long");
    }
    let whole = part.is_none() && size < object::PART;
    (whole && aw_trust::digest::sha256_hex(value) != sha256)
        .then_some("the bytes do not have the SHA-256 that names them")
}

fn version(value: &[u8]) -> Option<u64> {
    record::split(value).map(|(version, _)| version)
}

fn store<P: Platform>(call: &Call<P>) -> PortResult<P::Kv> {
    call.platform.kv(STORE)
}
