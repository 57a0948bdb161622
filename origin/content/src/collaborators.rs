//! `/v1/books/BOOK/collaborators`: who works on a book.

use aw_ingress::Caller;
use aw_openapi::JsonSchema;
use aw_origin_data::{answer, audit, input::actor};
use aw_platform::{ApiError, Path, Response, Result, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, rfc3339};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::{ask::Ask, books, rights::Right};

/// Most collaborators of a book.
const MOST: i64 = 100;

/// What a collaborator may do, each with all behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Remove the book, and say who works on it.
    Owner,
    /// Change what it is and how it is put together, and publish it.
    Editor,
    /// Write texts.
    Author,
    /// Remark on it.
    Commenter,
    /// Read the draft.
    Viewer,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
            Self::Author => "author",
            Self::Commenter => "commenter",
            Self::Viewer => "viewer",
        }
    }
}

/// Somebody who works on a book.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Collaborator {
    /// The account's id.
    user: String,
    display_name: String,
    email: String,
    role: String,
    invited_by: String,
    created_at: String,
}

/// Somebody who is to work on a book.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    /// The address of an account of this press.
    #[schemars(length(min = 3, max = 254))]
    email: String,
    role: Role,
}

/// What a collaborator may do from now on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    role: Role,
}

const COLUMNS: &str = "u.id::text, u.display_name, u.email, w.role, w.invited_by, \
    (extract(epoch FROM w.created_at) * 1000)::bigint \
    FROM collaborators w JOIN users u ON u.id = w.user_id";

impl Collaborator {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            user: row.text(0)?.to_owned(),
            display_name: row.text(1)?.to_owned(),
            email: row.text(2)?.to_owned(),
            role: row.text(3)?.to_owned(),
            invited_by: row.text(4)?.to_owned(),
            created_at: rfc3339(row.int(5)?.unsigned_abs()),
        })
    }
}

/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, ["v1", "drafts", book, "collaborators"]) => {
            let page = ask.page()?;
            let sql = ask.sql().await?;
            let book = books::open(&sql, ask.caller, book, Right::Read).await?;
            let select = format!(
                "SELECT {COLUMNS} WHERE w.book = $1::text::uuid AND ($2::text IS NULL OR u.id > $2::text::uuid) \
                 ORDER BY u.id LIMIT $3::bigint"
            );
            let row: [Value; 3] = [book.id.into(), Value::from(page.after), page.limit.into()];
            let all = sql.query(&select, &row).await?;
            let all = all.iter().map(Collaborator::from_row).collect::<Result<Vec<_>>>()?;
            Ok(ask.paged(page, all, |one| one.user.clone()))
        }
        (&Method::POST, ["v1", "books", book, "collaborators"]) => {
            let Invitation { email, role } = ask.json()?;
            let email = email.trim().to_lowercase();
            ask.once(async |sql| Ok((201, json!(invite(ask, sql, book, &email, role).await?)))).await
        }
        (&Method::PATCH, ["v1", "books", book, "collaborators", user]) => {
            let user = Path::arg::<Uuid>(user, "collaborator")?;
            let NewRole { role } = ask.json()?;
            let sql = ask.sql().await?;
            let done = sql.transaction(async |sql| {
                let book = books::lock(sql, ask.caller, book, Right::Own).await?;
                let before = has_owner(sql, &book.id).await?;
                let update = "UPDATE collaborators SET role = $3::text \
                    WHERE book = $1::text::uuid AND user_id = $2::text::uuid";
                let row: [Value; 3] = [(&book.id).into(), user.into(), role.name().into()];
                if sql.execute(update, &row).await? == 0 {
                    return Err(none());
                }
                owned(sql, &book.id, before).await?;
                let details = json!({ "user": user, "role": role });
                told(ask, sql, "content.collaborator.changed", &book.id, details).await?;
                find(sql, &book.id, &user.to_string()).await
            });
            Ok(ask.data(200, done.await?))
        }
        (&Method::DELETE, ["v1", "books", book, "collaborators", user]) => {
            let user = Path::arg::<Uuid>(user, "collaborator")?;
            let sql = ask.sql().await?;
            let done = sql.transaction(async |sql| {
                // Everybody may leave.
                let right = if is(ask.caller, user) { Right::Read } else { Right::Own };
                let book = books::lock(sql, ask.caller, book, right).await?;
                let before = has_owner(sql, &book.id).await?;
                let delete = "DELETE FROM collaborators WHERE book = $1::text::uuid AND user_id = $2::text::uuid";
                if sql.execute(delete, &[(&book.id).into(), user.into()]).await? == 0 {
                    return Err(none());
                }
                owned(sql, &book.id, before).await?;
                told(ask, sql, "content.collaborator.removed", &book.id, json!({ "user": user })).await
            });
            done.await?;
            Ok(answer::nothing::<P>())
        }
        (_, [_, _, _, "collaborators"] | [_, _, _, "collaborators", _]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

fn is(caller: &Caller, user: Uuid) -> bool {
    caller.user.as_deref().and_then(|id| id.parse::<Uuid>().ok()) == Some(user)
}

fn none() -> ApiError {
    ApiError::new(404, "CONTENT_COLLABORATOR_NOT_FOUND", "nobody of that id works on this book")
}

/// Lets an account of this address work on the book; one that does already has the role from now on.
async fn invite<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    book: &str,
    email: &str,
    role: Role,
) -> Result<Collaborator, ApiError> {
    let book = books::lock(sql, ask.caller, book, Right::Own).await?;
    let account = "SELECT id::text FROM users WHERE email = $1::text";
    let no_account = || ApiError::new(422, "CONTENT_ACCOUNT_NOT_FOUND", "no account of this press has this address");
    // PostgreSQL has no text with a NUL in it.
    let email = Some(email).filter(|email| !email.contains('\0')).ok_or_else(no_account)?;
    let row = sql.query_opt(account, &[email.into()]).await?.ok_or_else(no_account)?;
    let user = row.text(0)?.to_owned();
    let count = "SELECT count(*) FROM collaborators WHERE book = $1::text::uuid AND user_id <> $2::text::uuid";
    let others = sql.query_opt(count, &[(&book.id).into(), (&user).into()]).await?;
    if others.map_or(Ok(0), |row| row.int(0))? >= MOST {
        return Err(ApiError::new(422, "CONTENT_COLLABORATORS_TOO_MANY", "a book has at most 100 collaborators"));
    }
    let row: [Value; 4] = [(&book.id).into(), (&user).into(), role.name().into(), actor(ask.caller).into()];
    let before = has_owner(sql, &book.id).await?;
    let upsert = "INSERT INTO collaborators (book, user_id, role, invited_by) \
        VALUES ($1::text::uuid, $2::text::uuid, $3::text, $4::text) \
        ON CONFLICT (book, user_id) DO UPDATE SET role = excluded.role";
    sql.execute(upsert, &row).await?;
    owned(sql, &book.id, before).await?;
    told(ask, sql, "content.collaborator.added", &book.id, json!({ "user": user, "role": role })).await?;
    find(sql, &book.id, &user).await
}

async fn find<S: Sql>(sql: &S, book: &str, user: &str) -> Result<Collaborator, ApiError> {
    let select = format!("SELECT {COLUMNS} WHERE w.book = $1::text::uuid AND w.user_id = $2::text::uuid");
    let row = sql.query_opt(&select, &[book.into(), user.into()]).await?.ok_or_else(none)?;
    Ok(Collaborator::from_row(&row)?)
}

/// Whether a book has an owner.
async fn has_owner<S: Sql>(sql: &S, book: &str) -> Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM collaborators WHERE book = $1::text::uuid AND role = 'owner')";
    sql.query_opt(select, &[book.into()]).await?.map_or(Ok(false), |row| row.bool(0))
}

/// Refuses to take a book's last owner away. What the operator imported has none until one is invited.
async fn owned<S: Sql>(sql: &S, book: &str, before: bool) -> Result<(), ApiError> {
    if !before || has_owner(sql, book).await? {
        return Ok(());
    }
    Err(ApiError::new(409, "CONTENT_OWNER_REQUIRED", "a book needs an owner: make somebody else one first"))
}

async fn told<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    action: &'static str,
    book: &str,
    details: serde_json::Value,
) -> Result<(), ApiError> {
    Ok(audit::record(ask.p, sql, actor(ask.caller), action, book, details).await?)
}
