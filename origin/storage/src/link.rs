//! `GET /v1/files/{id}/link`: a URL from which anyone reads the file for a while, ranges too.

use std::time::Duration;

use aw_blobs::{Blobs, Served};
use aw_model::file::{disposition, is_active};
use aw_origin_data::input;
use aw_platform::{ApiError, Platform, Result, rfc3339};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    file::{File, State, not_stored},
    media::UNKNOWN,
};

/// How long a link lasts where nothing else is said, in seconds.
const LIFE: u64 = 300;
/// How long it may last: what Signature Version 4 allows.
pub(crate) const LONGEST: u64 = 604_800;

/// A link.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Link {
    url: String,
    expires_at: String,
}

/// A link by `?expires=SECONDS&disposition=attachment|inline`.
///
/// # Errors
/// 400 for what these may not be; 409 for a file that is not stored.
pub(crate) fn link<P: Platform>(p: &P, blobs: &Blobs, file: &File, query: Option<&str>) -> Result<Link, ApiError> {
    let wrong = |why| ApiError::bad_request("REQUEST_QUERY_INVALID", why);
    let expires = input::query(query, "expires").map_or(Ok(LIFE), |value| value.parse::<u64>());
    let expires = expires.ok().filter(|seconds| (1..=LONGEST).contains(seconds));
    let expires = expires.ok_or_else(|| wrong("expires must be a number of seconds from 1 to 604800"))?;
    let attachment = match input::query(query, "disposition").as_deref() {
        None | Some("attachment") => true,
        Some("inline") => false,
        Some(_) => return Err(wrong("disposition must be attachment or inline")),
    };
    if file.state != State::Stored {
        return Err(not_stored());
    }
    // What a browser would run is only ever downloaded.
    let active = is_active(&file.media_type);
    let content_type = match file.media_type.as_str() {
        _ if active => UNKNOWN.to_owned(),
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    let served = Served {
        content_type: Some(&content_type),
        disposition: Some(&disposition(attachment || active, &file.name)),
        cache_control: Some("private, max-age=0"),
    };
    let url = blobs.presign_get_as(p, &file.place, Duration::from_secs(expires), served)?;
    Ok(Link { url, expires_at: rfc3339((p.now() / 1000 + expires) * 1000) })
}
