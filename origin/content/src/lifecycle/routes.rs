//! `/v1/books/BOOK/state` and `/schedule`, `/v1/books/BOOK/chapters/CHAPTER/openings`.

use aw_model::Opening;
use aw_openapi::JsonSchema;
use aw_origin_data::{audit, input::actor};
use aw_platform::{ApiError, Response, Sql, SqlExt, SqlPlatform, Value, http::Method, rfc3339};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    State,
    openings::{OpeningSchema, apply, checked, invalid, plan, rhythm},
    serial::{Ahead, Rhythm, width},
    state::{TRANSITIONS, archive},
    time::parse,
};
use crate::{
    ask::Ask,
    books::{self, BookAnswer, DraftChapter},
    publish,
    rights::Right,
};

/// The state that a book is to have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewState {
    state: State,
}

/// When what is to be released.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Schedule {
    /// When the book is to be published, RFC 3339.
    publish_at: Option<String>,
    serial: Option<Serial>,
    chapters: Vec<DraftChapter>,
}

/// Chapters that are released one after the other.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Serial {
    /// When the first is released, RFC 3339.
    #[schemars(length(min = 20, max = 35))]
    starts_at: String,
    /// How many days lie between.
    #[schemars(range(min = 1, max = 366))]
    days: u32,
    /// How many chapters at a time.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 100))]
    chapters: u32,
    /// The number of the first chapter; those before it are there at once.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 2000))]
    first: u32,
    /// Who reads how many days ahead.
    #[serde(default)]
    #[schemars(length(max = 5))]
    ahead: Vec<Ahead>,
}

fn one() -> u32 {
    1
}

/// When what is to be released; what is left out is not.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewSchedule {
    /// RFC 3339.
    #[schemars(length(min = 20, max = 35))]
    publish_at: Option<String>,
    serial: Option<Serial>,
}

/// The openings that a chapter is to have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOpenings {
    /// None: it is open always, as its access says.
    #[schemars(with = "Vec<OpeningSchema>", length(max = 10))]
    openings: Vec<Opening>,
}

/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::POST, ["v1", "books", book, "state"]) => state(ask, book).await,
        (&Method::GET, ["v1", "drafts", book, "schedule"]) => {
            let sql = ask.sql().await?;
            let book = books::open(&sql, ask.caller, book, Right::Read).await?;
            shown(ask, &sql, &book).await
        }
        (&Method::PUT, ["v1", "books", book, "schedule"]) => schedule(ask, book).await,
        (&Method::PUT, ["v1", "books", book, "chapters", chapter, "openings"]) => openings(ask, book, chapter).await,
        (_, [_, _, _, "state" | "schedule"] | [_, _, _, "chapters", _, "openings"]) => {
            Err(ApiError::method_not_allowed())
        }
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// Brings a book to another state, with what that means for its readers.
async fn state<P: SqlPlatform>(ask: &Ask<'_, P>, name: &str) -> Result<Response<P>, ApiError> {
    let expected = ask.expected()?;
    let next = ask.json::<NewState>()?.state;
    let sql = ask.sql().await?;
    let may = |book: &books::Draft| {
        expected.check(book.version)?;
        if book.state.leads_to(next) {
            return Ok(());
        }
        let allowed = TRANSITIONS.iter().find(|(state, _)| *state == book.state).map(|(_, nexts)| nexts);
        let why = format!("a book cannot go from {} to {}", book.state.name(), next.name());
        Err(ApiError::new(409, "CONTENT_STATE_TRANSITION", why)
            .details(json!({ "from": book.state, "allowed": allowed })))
    };
    if next == State::Published {
        may(&books::open(&sql, ask.caller, name, Right::Edit).await?)?;
        publish::publish(ask.p, &ask.service.blobs, ask.caller, ask.tenant, name).await?;
        ask.push();
    } else {
        let done = sql.transaction(async |sql| {
            let book = books::lock(sql, ask.caller, name, Right::Edit).await?;
            may(&book)?;
            if next == State::Archived {
                archive(sql, ask.tenant, &book).await?;
            } else if book.state.is_public() {
                publish::withdraw_locked(sql, ask.tenant, &book).await?;
            }
            // What is in the archive comes out when somebody says so.
            let update = "UPDATE books SET state = $2::text, version = version + 1, updated_at = now(), \
                    publish_at = CASE WHEN $2::text = 'archived' THEN NULL ELSE publish_at END \
                WHERE id = $1::text::uuid";
            sql.execute(update, &[(&book.id).into(), next.name().into()]).await?;
            plan(sql, &book.id).await?;
            let details = json!({ "from": book.state, "to": next });
            audit::record(ask.p, sql, actor(ask.caller), "content.book.state-changed", &book.id, details).await?;
            Ok::<_, ApiError>(book.state.is_public())
        });
        if done.await? {
            ask.push();
        }
    }
    let book = books::find(&sql, name).await?;
    let version = book.version;
    Ok(ask.versioned(200, BookAnswer { book }, version))
}

async fn schedule<P: SqlPlatform>(ask: &Ask<'_, P>, name: &str) -> Result<Response<P>, ApiError> {
    let expected = ask.expected()?;
    let new: NewSchedule = ask.json()?;
    let sql = ask.sql().await?;
    let publish_at = match &new.publish_at {
        Some(time) => Some(parse(&sql, time).await?),
        None => None,
    };
    let rhythm = match &new.serial {
        Some(serial) => Some(checked_serial(parse(&sql, &serial.starts_at).await?, serial)?),
        None => None,
    };
    let done = sql.transaction(async |sql| {
        let book = books::lock(sql, ask.caller, name, Right::Edit).await?;
        expected.check(book.version)?;
        if book.state == State::Archived {
            return Err(ApiError::new(409, "CONTENT_STATE_TRANSITION", "an archived book has no schedule"));
        }
        let before = super::openings::rhythm(sql, &book.id).await?;
        match &rhythm {
            Some(rhythm) => {
                set(sql, &book.id, rhythm).await?;
                // What the last one closed and this one does not know is open again.
                clear(sql, &book.id, before.map_or(u32::MAX, |b| b.first)).await?;
                apply(sql, &book.id, rhythm, false).await?;
            }
            None => {
                sql.execute("DELETE FROM serials WHERE book = $1::text::uuid", &[(&book.id).into()]).await?;
                clear(sql, &book.id, before.map_or(u32::MAX, |b| b.first)).await?;
            }
        }
        let row: [Value; 2] = [(&book.id).into(), publish_at.and_then(|ms| i64::try_from(ms).ok()).into()];
        let update = "UPDATE books SET publish_at = 'epoch'::timestamptz + $2::bigint * interval '1 millisecond', \
                due_failures = 0, due_error = NULL, version = version + 1, revision = revision + 1, \
                updated_at = now() \
            WHERE id = $1::text::uuid";
        sql.execute(update, &row).await?;
        plan(sql, &book.id).await?;
        let details = json!({ "publishAt": new.publish_at, "serial": new.serial });
        audit::record(ask.p, sql, actor(ask.caller), "content.book.scheduled", &book.id, details).await?;
        books::find(sql, &book.id).await
    });
    shown(ask, &sql, &done.await?).await
}

fn checked_serial(starts_at: u64, serial: &Serial) -> Result<Rhythm, ApiError> {
    let Serial { days, chapters, first, ahead, .. } = serial;
    let counts = (1..=366).contains(days) && (1..=100).contains(chapters) && (1..=2000).contains(first);
    let days_ahead = ahead.len() <= 5 && ahead.iter().all(|a| (1..=366).contains(&a.days));
    // Who pays reads first.
    let falling = ahead.windows(2).all(|p| p[0].days > p[1].days && width(&p[0].access) <= width(&p[1].access));
    if !counts || !days_ahead || !falling || ahead.iter().any(|a| width(&a.access) == 2) {
        return Err(invalid(
            "a serial has 1 to 366 days, 1 to 100 chapters at a time, and at most 5 groups that read ahead: \
             tiers before members, each fewer days than the one before",
        ));
    }
    let ahead = ahead.clone();
    Ok(Rhythm { first: *first, chapters: *chapters, days: *days, starts_at, ahead })
}

async fn set<S: Sql>(sql: &S, book: &str, rhythm: &Rhythm) -> Result<(), ApiError> {
    let row: [Value; 6] = [
        book.into(),
        rhythm.first.into(),
        rhythm.chapters.into(),
        rhythm.days.into(),
        i64::try_from(rhythm.starts_at).unwrap_or(i64::MAX).into(),
        json!(rhythm.ahead).to_string().into(),
    ];
    let upsert = "INSERT INTO serials (book, first, chapters, days, starts_at, ahead) \
        VALUES ($1::text::uuid, $2::bigint, $3::bigint, $4::bigint, \
            'epoch'::timestamptz + $5::bigint * interval '1 millisecond', $6::text) \
        ON CONFLICT (book) DO UPDATE SET first = excluded.first, chapters = excluded.chapters, \
            days = excluded.days, starts_at = excluded.starts_at, ahead = excluded.ahead";
    sql.execute(upsert, &row).await?;
    Ok(())
}

async fn clear<S: Sql>(sql: &S, book: &str, first: u32) -> Result<(), ApiError> {
    let update = "UPDATE chapters SET openings = '[]', version = version + 1 \
        WHERE book = $1::text::uuid AND number >= $2::bigint AND openings <> '[]'";
    sql.execute(update, &[book.into(), first.into()]).await?;
    Ok(())
}

async fn openings<P: SqlPlatform>(ask: &Ask<'_, P>, book: &str, chapter: &str) -> Result<Response<P>, ApiError> {
    let expected = ask.expected()?;
    let openings = checked(ask.json::<NewOpenings>()?.openings)?;
    let sql = ask.sql().await?;
    let done = sql.transaction(async |sql| {
        let book = books::lock(sql, ask.caller, book, Right::Edit).await?;
        let chapter = books::chapter(sql, &book.id, chapter).await?;
        expected.check(chapter.version)?;
        if rhythm(sql, &book.id).await?.is_some_and(|rhythm| rhythm.first <= chapter.number) {
            let why = "the book's serial says when this chapter opens: change that";
            return Err(ApiError::new(409, "CONTENT_SCHEDULE_SERIAL", why));
        }
        let update = "UPDATE chapters SET openings = $2::text, version = version + 1, updated_at = now() \
            WHERE id = $1::text::uuid";
        sql.execute(update, &[(&chapter.id).into(), json!(openings).to_string().into()]).await?;
        books::touch(sql, &book.id).await?;
        plan(sql, &book.id).await?;
        let details = json!({ "chapter": chapter.id, "openings": openings });
        audit::record(ask.p, sql, actor(ask.caller), "content.chapter.scheduled", &book.id, details).await?;
        books::chapter(sql, &book.id, &chapter.id).await
    });
    let chapter = done.await?;
    let version = chapter.version;
    Ok(ask.versioned(200, chapter, version))
}

async fn shown<P: SqlPlatform>(ask: &Ask<'_, P>, sql: &P::Sql, book: &books::Draft) -> Result<Response<P>, ApiError> {
    let serial = rhythm(sql, &book.id).await?.map(|rhythm| Serial {
        starts_at: rfc3339(rhythm.starts_at),
        days: rhythm.days,
        chapters: rhythm.chapters,
        first: rhythm.first,
        ahead: rhythm.ahead,
    });
    let chapters = books::chapters(sql, &book.id).await?;
    let schedule = Schedule { publish_at: book.publish_at.clone(), serial, chapters };
    Ok(ask.versioned(200, schedule, book.version))
}
