//! `/v1/drafts` and `/v1/books`: books as wholes.

use aw_model::access::STAFF;
use aw_openapi::JsonSchema;
use aw_origin_data::answer;
use aw_platform::{ApiError, Response, SqlPlatform, http::Method};
use serde::Serialize;
use serde_json::json;

use super::{Beginning, Draft, DraftChapter, NewBook, chapters, create, edit, find, list, open, remove};
use crate::{ask::Ask, rights::Right};

/// A draft.
#[derive(Serialize, JsonSchema)]
pub(crate) struct BookAnswer {
    pub(crate) book: Draft,
}

/// A draft and its chapters, without their texts.
#[derive(Serialize, JsonSchema)]
pub(crate) struct DraftAnswer {
    pub(crate) book: Draft,
    pub(crate) chapters: Vec<DraftChapter>,
}

/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, ["v1", "drafts"]) => {
            let page = ask.page()?;
            let drafts = list(&ask.sql().await?, ask.caller, page).await?;
            Ok(ask.paged(page, drafts, |draft| draft.id.clone()))
        }
        (&Method::GET, ["v1", "drafts", book]) => {
            let sql = ask.sql().await?;
            let book = open(&sql, ask.caller, book, Right::Read).await?;
            let chapters = chapters(&sql, &book.id).await?;
            let version = book.version;
            Ok(ask.versioned(200, DraftAnswer { book, chapters }, version))
        }
        (&Method::POST, ["v1", "books"]) => {
            ask.caller.require_role(&STAFF)?;
            let new: NewBook = ask.json()?;
            let take_slug = new.take_slug;
            let (details, slug) = new.checked()?;
            let book = Beginning { details, slug, take_slug, ..Beginning::default() };
            ask.once(async |sql| {
                let id = create(ask.p, sql, ask.caller, ask.tenant, &book).await?;
                Ok((201, json!({ "book": find(sql, &id).await? })))
            })
            .await
        }
        (&Method::PATCH, ["v1", "books", book]) => {
            let expected = ask.expected()?;
            let change = ask.json()?;
            let book = edit::edit(ask, book, expected, change).await?;
            let version = book.version;
            Ok(ask.versioned(200, BookAnswer { book }, version))
        }
        (&Method::DELETE, ["v1", "books", book]) => {
            let expected = ask.expected()?;
            let sql = ask.sql().await?;
            if remove::remove(ask.p, &sql, ask.caller, ask.tenant, book, expected).await? {
                ask.push();
            }
            Ok(answer::nothing::<P>())
        }
        (_, [_, _] | [_, _, _]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}
