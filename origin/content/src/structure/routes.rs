//! `/v1/books/BOOK/structure` and `/parts`, `/v1/drafts/BOOK/structure`.

use aw_openapi::JsonSchema;
use aw_origin_data::{audit, input::actor};
use aw_platform::{ApiError, Response, Sql, SqlExt, SqlPlatform, Value, http::Method, uuid_v7};
use serde::Deserialize;
use serde_json::json;

use super::{
    change::{change, invalid},
    order::{NoPlace, Place},
    shown::{NewOrder, Structure},
    store,
};
use crate::{
    ask::Ask,
    books::{self, Draft, checked_title},
    rights::Right,
};

/// A part to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPart {
    #[schemars(length(min = 1, max = 500))]
    title: String,
    /// How many entries of the body are before it; the end where it is left out.
    position: Option<u32>,
}

/// A part's title.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartChange {
    #[schemars(length(min = 1, max = 500))]
    title: String,
}

const MAX_PARTS: i64 = 200;

/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, ["v1", "drafts", book, "structure"]) => {
            let sql = ask.sql().await?;
            let book = books::open(&sql, ask.caller, book, Right::Read).await?;
            shown(ask, &sql, &book, 200).await
        }
        (&Method::PUT, ["v1", "books", book, "structure"]) => {
            let expected = ask.expected()?;
            let wanted = ask.json::<NewOrder>()?.order().map_err(invalid)?;
            let sql = ask.sql().await?;
            let done = sql.transaction(async |sql| {
                let book = books::lock(sql, ask.caller, book, Right::Edit).await?;
                expected.check(book.structure)?;
                change(sql, &book.id, |order| {
                    if !order.is_permutation(&wanted) {
                        return Err(NoPlace("name every part and chapter of the book, each once"));
                    }
                    *order = wanted;
                    Ok(())
                })
                .await?;
                told(ask, sql, &book, json!({ "reordered": true })).await
            });
            shown(ask, &sql, &done.await?, 200).await
        }
        (&Method::POST, ["v1", "books", book, "chapters", chapter, "move"]) => {
            let place: Place = ask.json()?;
            let sql = ask.sql().await?;
            let done = sql.transaction(async |sql| {
                let book = books::lock(sql, ask.caller, book, Right::Edit).await?;
                let chapter = books::chapter_id(sql, &book.id, chapter).await?;
                change(sql, &book.id, |order| order.relocate(&chapter, &place)).await?;
                told(ask, sql, &book, json!({ "moved": chapter })).await
            });
            shown(ask, &sql, &done.await?, 200).await
        }
        (&Method::POST, ["v1", "books", book, "parts"]) => {
            let new: NewPart = ask.json()?;
            let title = checked_title(&new.title)?;
            ask.once(async |sql| {
                let book = books::lock(sql, ask.caller, book, Right::Edit).await?;
                let count = "SELECT count(*) FROM parts WHERE book = $1::text::uuid";
                if sql.query_opt(count, &[(&book.id).into()]).await?.map_or(Ok(0), |row| row.int(0))? >= MAX_PARTS {
                    return Err(invalid(NoPlace("a book has at most 200 parts")));
                }
                let id = uuid_v7(ask.p).to_string();
                let insert = "INSERT INTO parts (id, book, title, position) \
                    VALUES ($1::text::uuid, $2::text::uuid, $3::text, 1000000)";
                let row: [Value; 3] = [(&id).into(), (&book.id).into(), (&title).into()];
                sql.execute(insert, &row).await?;
                let (mut order, _) = store::read(sql, &book.id).await?;
                order.remove_part(&id);
                order.insert_part(&id, new.position);
                store::write(sql, &book.id, &order).await?;
                told(ask, sql, &book, json!({ "part": id })).await?;
                Ok((201, json!({ "id": id, "title": title, "chapters": [] })))
            })
            .await
        }
        (&Method::PATCH, ["v1", "books", book, "parts", part]) => {
            let title = checked_title(&ask.json::<PartChange>()?.title)?;
            let sql = ask.sql().await?;
            let done = sql.transaction(async |sql| {
                let book = books::lock(sql, ask.caller, book, Right::Edit).await?;
                let update = "UPDATE parts SET title = $3::text WHERE book = $1::text::uuid AND id::text = $2::text";
                let row: [Value; 3] = [(&book.id).into(), (*part).into(), title.into()];
                if sql.execute(update, &row).await? == 0 {
                    return Err(no_part());
                }
                let touch = "UPDATE books SET structure = structure + 1, revision = revision + 1, \
                    updated_at = now() WHERE id = $1::text::uuid";
                sql.execute(touch, &[(&book.id).into()]).await?;
                told(ask, sql, &book, json!({ "part": part })).await
            });
            shown(ask, &sql, &done.await?, 200).await
        }
        (&Method::DELETE, ["v1", "books", book, "parts", part]) => {
            let sql = ask.sql().await?;
            let done = sql.transaction(async |sql| {
                let book = books::lock(sql, ask.caller, book, Right::Edit).await?;
                let (mut order, _) = store::read(sql, &book.id).await?;
                if !order.remove_part(part) {
                    return Err(no_part());
                }
                store::write(sql, &book.id, &order).await?;
                let delete = "DELETE FROM parts WHERE book = $1::text::uuid AND id::text = $2::text";
                sql.execute(delete, &[(&book.id).into(), (*part).into()]).await?;
                told(ask, sql, &book, json!({ "part": part, "removed": true })).await
            });
            shown(ask, &sql, &done.await?, 200).await
        }
        (_, [_, _, _, "structure" | "parts"] | [_, _, _, "parts", _] | [_, _, _, "chapters", _, "move"]) => {
            Err(ApiError::method_not_allowed())
        }
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

fn no_part() -> ApiError {
    ApiError::new(404, "CONTENT_PART_NOT_FOUND", "the book has no such part")
}

/// Writes down that the structure was changed; the book as it is now.
async fn told<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    book: &Draft,
    details: serde_json::Value,
) -> Result<Draft, ApiError> {
    audit::record(ask.p, sql, actor(ask.caller), "content.structure.changed", &book.id, details).await?;
    books::find(sql, &book.id).await
}

async fn shown<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    book: &Draft,
    status: u16,
) -> Result<Response<P>, ApiError> {
    let (order, titles) = store::read(sql, &book.id).await?;
    let structure = Structure::new(&order, &titles, books::chapters(sql, &book.id).await?);
    Ok(ask.versioned(status, structure, book.structure))
}
