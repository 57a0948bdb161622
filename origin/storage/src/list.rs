//! `GET /v1/files`: pages and filters.

use aw_ingress::Caller;
use aw_origin_data::input;
use aw_platform::{ApiError, Result};
use serde::de::{DeserializeOwned, IntoDeserializer, value::Error};

use crate::{access, file::Filter};

/// The filters of a query, of the files that the caller sees.
///
/// # Errors
/// 400 `REQUEST_QUERY_INVALID`.
pub(crate) fn filter(caller: &Caller, query: Option<&str>) -> Result<Filter, ApiError> {
    let text = |name| input::query(query, name).filter(|value| !value.is_empty());
    let short = |name| match text(name) {
        Some(value) if value.len() > 255 || value.contains('\0') => {
            Err(ApiError::bad_request("REQUEST_QUERY_INVALID", format!("{name} is at most 255 bytes without NUL")))
        }
        other => Ok(other),
    };
    Ok(Filter {
        owner: access::sees(caller).map(str::to_owned).or(short("owner")?),
        visibility: word(text("visibility"), "visibility must be private or public")?,
        state: word(text("state"), "state must be uploading, checking, stored or refused")?,
        media_type: short("mediaType")?,
        name: short("name")?,
    })
}

fn word<T: DeserializeOwned>(value: Option<String>, why: &'static str) -> Result<Option<T>, ApiError> {
    let parse = |value: String| T::deserialize(value.into_deserializer());
    value.map(parse).transpose().map_err(|_: Error| ApiError::bad_request("REQUEST_QUERY_INVALID", why))
}
