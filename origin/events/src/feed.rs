//! `GET /v1/events`: what happened, in order.

use aw_origin_data::{answer, ask::Ask, events, input};
use aw_platform::{ApiError, Response, SqlPlatform};

/// A page of events behind `?after=` (or `?cursor=`, as pages have it elsewhere), or the oldest that are kept. A page that is not full is the last for now: the
/// next one begins behind its last event.
pub(crate) async fn get<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let limit = input::limit(ask.head.uri.query())?;
    let after = ask.query("after").or_else(|| ask.query("cursor"));
    let page = events::page(&ask.sql().await?, after.as_deref(), limit).await?;
    let next = page.last().filter(|_| page.len() == limit as usize).map(|event| event.cursor.clone());
    Ok(answer::page(ask.p, ask.caller, page, next, limit))
}
