//! `/v1/users`: what the owner sees and changes of accounts.

use aw_ingress::Caller;
use aw_model::Access;
use aw_origin_data::{
    answer, audit,
    input::{Match, Page, actor},
    revocations,
};
use aw_platform::{ApiError, Platform, Response, Result, Sql, SqlExt, SqlPlatform, Value, http::Method};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    account::{self, Account, COLUMNS},
    ask::Ask,
};

/// Who may see and change accounts.
pub(crate) const KEEPERS: [&str; 2] = ["owner", "admin"];
const ROLES: [&str; 5] = ["owner", "admin", "editor", "author", "reader"];

/// What is to change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    /// All of them: `owner`, `admin`, `editor`, `author`, `reader`.
    roles: Option<Vec<String>>,
    /// All of them, `tier:NAME` or `book:ID`; at most 40.
    entitlements: Option<Vec<String>>,
}

/// Answers what is below `/v1/users`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, []) => {
            ask.caller.require_role(&KEEPERS)?;
            let page = Page::from_query(ask.head.uri.query())?;
            let accounts = list(&ask.sql().await?, page).await?;
            let next = accounts.last().filter(|_| accounts.len() == page.limit as usize).map(|a| a.id.clone());
            Ok(answer::page(ask.p, ask.caller, accounts, next, page.limit))
        }
        (&Method::GET, [name]) => {
            ask.caller.require_role(&KEEPERS)?;
            let account = get(&ask.sql().await?, name).await?;
            let version = account.version;
            Ok(answer::versioned(ask.p, ask.caller, 200, account, version))
        }
        (&Method::PATCH, [name]) => {
            ask.caller.require_role(&KEEPERS)?;
            let expected = Match::from_headers(&ask.head.headers)?;
            let sql = ask.sql().await?;
            let (account, void) = change(ask.p, &sql, ask.caller, name, expected, ask.json()?).await?;
            if void {
                ask.push();
            }
            let version = account.version;
            Ok(answer::versioned(ask.p, ask.caller, 200, account, version))
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
    let is_id = name.len() == 36 && name.parse::<Uuid>().is_ok();
    let column = if is_id { "u.id = $1::text::uuid" } else { "u.email = lower($1::text)" };
    let statement = format!("SELECT {COLUMNS} FROM users u WHERE {column} AND u.deleted_at IS NULL {lock}");
    let row = sql.query_opt(&statement, &[name.into()]).await?;
    Ok(Account::from_row(&row.ok_or_else(account::not_found)?, 0)?)
}

/// Changes an account. Gives it, and whether its tokens became void: what somebody may no longer do ends at once, not
/// when the token does.
pub(crate) async fn change<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    name: &str,
    expected: Option<Match>,
    change: Change,
) -> Result<(Account, bool), ApiError> {
    let roles = change.roles.map(checked_roles).transpose()?;
    let entitlements = change.entitlements.map(checked_entitlements).transpose()?;
    sql.transaction(async |sql| {
        // One who takes a role away waits for the other: of two owners one remains.
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('users.roles'))", &[]).await?;
        let there = find(sql, name, "FOR UPDATE").await?;
        expected.map_or(Ok(()), |m| m.check(there.version))?;
        let roles = roles.unwrap_or_else(|| there.roles.clone());
        let entitlements = entitlements.unwrap_or_else(|| there.entitlements.clone());
        if roles == there.roles && entitlements == there.entitlements {
            return Ok((there, false));
        }
        check_owner(sql, caller, &there, &roles).await?;
        let lost = |old: &[String], new: &[String]| old.iter().any(|name| !new.contains(name));
        let void = lost(&there.roles, &roles) || lost(&there.entitlements, &entitlements);
        let now = i64::try_from(p.now() / 1000).unwrap_or(i64::MAX);
        let row: [Value; 4] = [
            (&there.id).into(),
            json!(roles).to_string().into(),
            json!(entitlements).to_string().into(),
            void.then_some(now).into(),
        ];
        let update = format!(
            "UPDATE users u SET roles = ARRAY(SELECT jsonb_array_elements_text($2::text::jsonb)), \
             entitlements = ARRAY(SELECT jsonb_array_elements_text($3::text::jsonb)), \
             tokens_void_until = greatest(u.tokens_void_until, coalesce($4::bigint, 0)), \
             version = u.version + 1, updated_at = now() WHERE u.id = $1::text::uuid RETURNING {COLUMNS}"
        );
        let row = sql.query_opt(&update, &row).await?;
        let row = row.ok_or_else(|| aw_platform::Error::internal("a locked row has gone"))?;
        let details = json!({ "roles": roles, "entitlements": entitlements });
        audit::record(p, sql, actor(caller), "user.account.changed", &there.id, details).await?;
        if void {
            revocations::publish(sql).await?;
        }
        Ok((Account::from_row(&row, 0)?, void))
    })
    .await
}

/// Only an owner makes or unmakes owners, and one always remains.
async fn check_owner<S: Sql>(sql: &S, caller: &Caller, there: &Account, roles: &[String]) -> Result<(), ApiError> {
    let (was, is) = (there.roles.iter().any(|r| r == "owner"), roles.iter().any(|r| r == "owner"));
    if (was || is) && !caller.has_role(&["owner"]) {
        return Err(ApiError::new(403, "AUTH_ROLE_REQUIRED", "only an owner changes who is one, and owners' accounts"));
    }
    if was && !is {
        let others = "SELECT 1::bigint FROM users WHERE 'owner' = ANY (roles) AND id <> $1::text::uuid \
            AND suspended_at IS NULL AND deleted_at IS NULL LIMIT 1";
        if sql.query_opt(others, &[(&there.id).into()]).await?.is_none() {
            return Err(ApiError::new(409, "USER_LAST_OWNER", "this is the last owner: make another one first"));
        }
    }
    Ok(())
}

fn checked_roles(mut roles: Vec<String>) -> Result<Vec<String>, ApiError> {
    if let Some(bad) = roles.iter().find(|role| !ROLES.contains(&role.as_str())) {
        let why = format!("{bad:?} is no role; roles are {}", ROLES.join(", "));
        return Err(ApiError::new(422, "USER_ROLE_INVALID", why));
    }
    roles.sort_unstable_by_key(|role| ROLES.iter().position(|r| r == role));
    roles.dedup();
    Ok(roles)
}

fn checked_entitlements(mut all: Vec<String>) -> Result<Vec<String>, ApiError> {
    let ok = |e: &String| match e.split_once(':') {
        Some(("tier", _)) => matches!(e.parse(), Ok(Access::Tier(_))),
        Some(("book", id)) => id.len() == 36 && id.parse::<Uuid>().is_ok(),
        _ => false,
    };
    if let Some(bad) = all.iter().find(|e| !ok(e)) {
        let why = format!("{bad:?} is no entitlement; write tier:NAME or book:ID");
        return Err(ApiError::new(422, "USER_ENTITLEMENT_INVALID", why));
    }
    all.sort_unstable();
    all.dedup();
    if all.len() > 40 {
        // They travel in every token, and a token is a header.
        return Err(ApiError::new(422, "USER_ENTITLEMENTS_TOO_MANY", "an account has at most 40 entitlements"));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_entitlements_are_known_ones_each_once() {
        let own = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(checked_roles(own(&["reader", "owner", "reader"])).unwrap(), ["owner", "reader"]);
        assert_eq!(checked_roles(own(&["root"])).unwrap_err().status(), 422);
        let book = "book:01890000-0000-7000-8000-000000000000";
        assert_eq!(checked_entitlements(own(&["tier:gold", book, "tier:gold"])).unwrap(), [book, "tier:gold"]);
        for bad in ["gold", "tier:", "tier:Gold", "book:1", "role:owner"] {
            assert_eq!(checked_entitlements(own(&[bad])).unwrap_err().status(), 422, "{bad}");
        }
    }
}
