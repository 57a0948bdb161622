//! `/v1/mails`: the outbox of mail, for the operator. What is in it opens accounts, so nobody else sees it.

use aw_mail::State;
use aw_origin_data::{
    answer,
    input::{self, Page},
};
use aw_platform::{ApiError, Response, SqlPlatform, http::Method};

use crate::ask::Ask;

/// Answers what is below `/v1/mails`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    ask.caller.require_operator()?;
    match (&ask.head.method, path) {
        (&Method::GET, []) => {
            let query = ask.head.uri.query();
            let page = Page::from_query(query)?;
            let wrong = || ApiError::bad_request("REQUEST_QUERY_INVALID", "state is waiting, sent or dead");
            let state = input::query(query, "state").map(|name| State::parse(&name).ok_or_else(wrong)).transpose()?;
            let mails = aw_mail::list(&ask.sql().await?, page, state).await?;
            let next = mails.last().filter(|_| mails.len() == page.limit as usize).map(|mail| mail.id.clone());
            Ok(answer::page(ask.p, ask.caller, mails, next, page.limit))
        }
        (&Method::GET, [id]) => Ok(ask.data(200, aw_mail::get(&ask.sql().await?, id).await?)),
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}
