//! `PATCH /v1/users/ID`: what an account may do and read, and whether it may log in at all.

use aw_ingress::Caller;
use aw_model::Access;
use aw_origin_data::{
    audit,
    input::{Match, actor},
    revocations,
};
use aw_platform::{ApiError, FromSegment, Platform, Result, Sql, SqlExt, Value};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{find, rank};
use crate::{
    account::{Account, COLUMNS},
    session::{self, End},
};

/// What is to change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    /// All of them: `owner`, `admin`, `editor`, `author`, `reader`.
    roles: Option<Vec<String>>,
    /// All of them, `tier:NAME` or `book:ID`; at most 40.
    entitlements: Option<Vec<String>>,
    /// Whether it can log in no more. Its sessions end.
    suspended: Option<bool>,
}

/// What an account becomes.
struct After {
    roles: Vec<String>,
    entitlements: Vec<String>,
    suspended: bool,
}

/// Changes an account. Gives it, and whether its tokens became void: what somebody may no longer do ends at once, not
/// when the token does.
pub(super) async fn change<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    name: &str,
    expected: Option<Match>,
    change: Change,
) -> Result<(Account, bool), ApiError> {
    let roles = change.roles.map(rank::checked).transpose()?;
    let entitlements = change.entitlements.map(checked_entitlements).transpose()?;
    sql.transaction(async |sql| {
        // One who takes a role away waits for the other: of two owners one remains.
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('users.roles'))", &[]).await?;
        let there = find(sql, name, "FOR UPDATE").await?;
        expected.map_or(Ok(()), |m| m.check(there.version))?;
        let after = After {
            roles: roles.unwrap_or_else(|| there.roles.clone()),
            entitlements: entitlements.unwrap_or_else(|| there.entitlements.clone()),
            suspended: change.suspended.unwrap_or(there.suspended),
        };
        if after.roles == there.roles && after.entitlements == there.entitlements && after.suspended == there.suspended
        {
            return Ok((there, false));
        }
        check(sql, caller, &there, &after).await?;
        write(p, sql, caller, &there, &after).await
    })
    .await
}

async fn check<S: Sql>(sql: &S, caller: &Caller, there: &Account, after: &After) -> Result<(), ApiError> {
    rank::check(caller, &there.roles, &after.roles)?;
    if after.suspended && !there.suspended && caller.user.as_ref() == Some(&there.id) {
        return Err(ApiError::new(409, "USER_SUSPENDS_SELF", "nobody suspends their own account"));
    }
    let counts = |roles: &[String], suspended: bool| rank::is_owner(roles) && !suspended;
    if counts(&there.roles, there.suspended) && !counts(&after.roles, after.suspended) {
        require_other_owner(sql, &there.id).await?;
    }
    Ok(())
}

/// One owner always remains who can log in.
///
/// # Errors
/// 409 `USER_LAST_OWNER`.
pub(crate) async fn require_other_owner<S: Sql>(sql: &S, user: &str) -> Result<(), ApiError> {
    let others = "SELECT 1::bigint FROM users WHERE 'owner' = ANY (roles) AND id <> $1::text::uuid \
        AND suspended_at IS NULL AND deleted_at IS NULL LIMIT 1";
    if sql.query_opt(others, &[user.into()]).await?.is_some() {
        return Ok(());
    }
    Err(ApiError::new(409, "USER_LAST_OWNER", "this is the last owner: make another one first"))
}

async fn write<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    there: &Account,
    After { roles, entitlements, suspended }: &After,
) -> Result<(Account, bool), ApiError> {
    let lost = |old: &[String], new: &[String]| old.iter().any(|name| !new.contains(name));
    let ended = *suspended && !there.suspended;
    let void = ended || lost(&there.roles, roles) || lost(&there.entitlements, entitlements);
    let now = i64::try_from(p.now() / 1000).unwrap_or(i64::MAX);
    let row: [Value; 5] = [
        (&there.id).into(),
        json!(roles).to_string().into(),
        json!(entitlements).to_string().into(),
        void.then_some(now).into(),
        (*suspended).into(),
    ];
    let update = format!(
        "UPDATE users u SET roles = ARRAY(SELECT jsonb_array_elements_text($2::text::jsonb)), \
         entitlements = ARRAY(SELECT jsonb_array_elements_text($3::text::jsonb)), \
         tokens_void_until = greatest(u.tokens_void_until, coalesce($4::bigint, 0)), \
         suspended_at = CASE WHEN $5::boolean THEN coalesce(u.suspended_at, now()) END, \
         version = u.version + 1, updated_at = now() WHERE u.id = $1::text::uuid RETURNING {COLUMNS}"
    );
    let row = sql.query_opt(&update, &row).await?;
    let row = row.ok_or_else(|| aw_platform::Error::internal("a locked row has gone"))?;
    let details = json!({ "roles": roles, "entitlements": entitlements, "suspended": suspended });
    audit::record(p, sql, actor(caller), "user.account.changed", &there.id, details).await?;
    if ended {
        session::end_all(p, sql, &there.id, None, End::Suspended, actor(caller)).await?;
    }
    if void {
        revocations::publish(sql).await?;
    }
    Ok((Account::from_row(&row, 0)?, void))
}

fn checked_entitlements(mut all: Vec<String>) -> Result<Vec<String>, ApiError> {
    let ok = |e: &String| match e.split_once(':') {
        Some(("tier", _)) => matches!(e.parse(), Ok(Access::Tier(_))),
        Some(("book", id)) => Uuid::from_segment(id).is_some(),
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
    fn entitlements_are_known_ones_each_once() {
        let own = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let book = "book:01890000-0000-7000-8000-000000000000";
        assert_eq!(checked_entitlements(own(&["tier:gold", book, "tier:gold"])).unwrap(), [book, "tier:gold"]);
        for bad in ["gold", "tier:", "tier:Gold", "book:1", "role:owner"] {
            assert_eq!(checked_entitlements(own(&[bad])).unwrap_err().status(), 422, "{bad}");
        }
    }
}
