//! `POST /v1/books/ID/exports/pdf`: a book for print is asked for. It is typeset by a worker (`native/pdf`), which
//! takes minutes and much memory: what is made here is the job.

use aw_openapi::JsonSchema;
use aw_origin_data::database;
use aw_origin_jobs::New;
use aw_platform::{
    ApiError, Error, Response, SqlExt, SqlPlatform,
    http::{HeaderValue, header},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    ask::Ask,
    books,
    rights::{self, Right},
};

/// The size of a page after cutting: those that printers on demand have, in inches but for A5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Trim {
    #[serde(rename = "5x8")]
    Small,
    #[serde(rename = "5.25x8")]
    Novel,
    #[default]
    #[serde(rename = "5.5x8.5")]
    Digest,
    #[serde(rename = "6x9")]
    Trade,
    #[serde(rename = "a5")]
    A5,
}

/// How a book is to be typeset.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "PrintOptions")]
pub(crate) struct Print {
    /// The size of the pages.
    #[serde(default)]
    trim: Trim,
    /// Whether the first page shows the cover: for the screen; printers want it apart.
    #[serde(default)]
    cover: bool,
}

/// Asks for the draft as it is when a worker comes to it.
///
/// # Errors
/// 404 `CONTENT_BOOK_NOT_FOUND`; 403; 422 `CONTENT_BOOK_EMPTY`; 429 `TENANT_JOBS_EXCEEDED`.
pub(super) async fn ask_for<P: SqlPlatform>(ask: &Ask<'_, P>, book: &str) -> Result<Response<P>, ApiError> {
    let print: Print = if ask.body.is_empty() { Print::default() } else { ask.json()? };
    let control = database::control(ask.p).await?;
    let mut response = ask
        .once(async |sql| {
            let draft = books::find(sql, book).await?;
            rights::require(sql, ask.caller, &draft.id, Right::Read).await?;
            let any = "SELECT 1::bigint FROM chapters WHERE book = $1::text::uuid LIMIT 1";
            if sql.query_opt(any, &[(&draft.id).into()]).await?.is_none() {
                return Err(super::route::empty());
            }
            let subject = format!("book:{}", draft.id);
            let input = json!({ "book": draft.id, "slug": draft.slug, "trim": print.trim, "cover": print.cover });
            let new = New { kind: "pdf", subject: &subject, input };
            let job = aw_origin_jobs::ask(ask.p, (&control, sql), ask.caller, ask.tenant, &new).await?;
            Ok((202, serde_json::to_value(job).map_err(|e| Error::internal(e.to_string()))?))
        })
        .await?;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    Ok(response)
}
