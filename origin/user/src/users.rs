//! `/v1/users`: accounts, as their keepers see and change them.

mod change;
mod rank;

use aw_origin_data::{
    ask::{Ask, KEEPERS},
    input::{Match, Page},
};
use aw_platform::{ApiError, FromSegment, Response, Result, Sql, SqlExt, SqlPlatform, Value, http::Method};
use uuid::Uuid;

use crate::account::{self, Account, COLUMNS};

pub(crate) use change::{Change, require_other_owner};

/// Answers what is below `/v1/users`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, []) => {
            ask.caller.require_role(&KEEPERS)?;
            let page = ask.page()?;
            Ok(ask.paged(page, list(&ask.sql().await?, page).await?, |account| account.id.clone()))
        }
        (&Method::GET, [name]) => {
            ask.caller.require_role(&KEEPERS)?;
            let account = get(&ask.sql().await?, name).await?;
            let version = account.version;
            Ok(ask.versioned(200, account, version))
        }
        (&Method::PATCH, [name]) => {
            ask.caller.require_role(&KEEPERS)?;
            let expected = Match::from_headers(&ask.head.headers)?;
            let sql = ask.sql().await?;
            let (account, void) = change::change(ask.p, &sql, ask.caller, name, expected, ask.json()?).await?;
            if void {
                ask.push();
            }
            let version = account.version;
            Ok(ask.versioned(200, account, version))
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// A page of accounts, oldest first.
pub(crate) async fn list<S: Sql>(sql: &S, page: Page) -> Result<Vec<Account>> {
    let statement = format!(
        "SELECT {COLUMNS} FROM users u WHERE u.deleted_at IS NULL AND ($1::text IS NULL OR u.id > $1::text::uuid) \
         ORDER BY u.id LIMIT $2::bigint"
    );
    let rows = sql.query(&statement, &[Value::from(page.after), page.limit.into()]).await?;
    rows.iter().map(|row| Account::from_row(row, 0)).collect()
}

/// The account with this id or address.
pub(crate) async fn get<S: Sql>(sql: &S, name: &str) -> Result<Account, ApiError> {
    find(sql, name, "").await
}

async fn find<S: Sql>(sql: &S, name: &str, lock: &str) -> Result<Account, ApiError> {
    let column = if Uuid::from_segment(name).is_some() { "u.id = $1::text::uuid" } else { "u.email = lower($1::text)" };
    let statement = format!("SELECT {COLUMNS} FROM users u WHERE {column} AND u.deleted_at IS NULL {lock}");
    let row = sql.query_opt(&statement, &[name.into()]).await?;
    Ok(Account::from_row(&row.ok_or_else(account::not_found)?, 0)?)
}
