//! What it takes to come in.

use aw_model::names;
use aw_platform::{ApiError, Bytes, Collected, Request, SqlPlatform, http, limits};
use aw_trust::{
    Key, digest,
    message::{self, SignatureError},
};

use crate::{Caller, admission, caller::OPERATOR, rate::Rate};

/// What a signature must be made with, and for.
pub(crate) struct Door {
    /// The key of the edges.
    pub(crate) edge: Key,
    /// The key of the operator.
    pub(crate) operator: Key,
    pub(crate) authority: String,
    /// How often one may ask in a minute.
    pub(crate) requests: u64,
}

impl Door {
    fn key(&self, key_id: &str) -> Key {
        if key_id == OPERATOR { self.operator.clone() } else { self.edge.clone() }
    }
}

/// Lets a request in: within the limits, signed for this origin, with the body that was signed, for the first time.
/// The body is read only once the signature is known to be good.
///
/// # Errors
/// 413, 414 or 431 for a limit; 401 with a [`SignatureError`]'s code; the control database cannot be asked.
pub(crate) async fn admit<P: SqlPlatform>(
    door: &Door,
    platform: &P,
    request: Request<P>,
    request_id: &str,
    max_body: usize,
) -> Result<(Caller, Option<Rate>, http::Request<Bytes>), ApiError> {
    limits::check(&request, max_body as u64)?;
    let (head, body) = request.into_parts();
    let now_s = platform.now() / 1000;
    let signature = message::verify(&head, &door.authority, |key_id| Some(door.key(key_id)), now_s)?;
    let caller = Caller::new(&signature.key_id, &head.headers, request_id)?;
    let body = match body.collect(max_body).await {
        Ok(Collected::All(body)) => body,
        Ok(Collected::TooLarge) => return Err(ApiError::body_too_large(max_body as u64)),
        // The peer hung up or wrote a chunk that is none: its fault, whatever the platform calls it.
        Err(_) => return Err(ApiError::bad_request("REQUEST_BODY_BROKEN", "the body ends before its end")),
    };
    let mut digests = head.headers.get_all(message::DIGEST).iter();
    match (digests.next().and_then(|value| value.to_str().ok()), digests.next()) {
        (Some(signed), None) if digest::matches(signed, &body) => {}
        _ => return Err(SignatureError::Digest.into()),
    }
    // What the tiers say to each other is nobody's request, but for pages; the operator's command is nobody's client.
    let path = head.uri.path();
    let tiers = path.starts_with("/_aw/") && !path.starts_with(names::PAGES);
    let counted = !caller.is_operator() && !tiers;
    let rate = admission::take(platform, &signature, &caller, counted, door.requests, now_s).await?;
    Ok((caller, rate, http::Request::from_parts(head, body)))
}
