//! `/v1/mails`: the outbox of mail, for the operator. What is in it opens accounts, so nobody else sees it.

use aw_mail::State;
use aw_origin_data::ask::Ask;
use aw_platform::{ApiError, Response, SqlPlatform, http::Method};

/// Answers what is below `/v1/mails`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    ask.caller.require_operator()?;
    match (&ask.head.method, path) {
        (&Method::GET, []) => {
            let page = ask.page()?;
            let wrong = || ApiError::bad_request("REQUEST_QUERY_INVALID", "state is waiting, sent or dead");
            let state = ask.query("state").map(|name| State::parse(&name).ok_or_else(wrong)).transpose()?;
            let mails = aw_mail::list(&ask.sql().await?, page, state).await?;
            Ok(ask.paged(page, mails, |mail| mail.id.clone()))
        }
        (&Method::GET, [id]) => Ok(ask.data(200, aw_mail::get(&ask.sql().await?, id).await?)),
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}
