//! Whom an account follows, and who follows it.

use aw_origin_data::{accounts::require_verified, answer, ask::Ask, audit, input::Page};
use aw_platform::{ApiError, Response, Result, Sql, SqlExt, SqlPlatform, Value, http::Method, rfc3339, uuid_v7};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::profile;

/// How many one account follows at most.
const MOST: i64 = 2000;

/// Somebody in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Follow {
    /// The name in the profile's address; none: it is not public.
    handle: Option<String>,
    /// The name that others see.
    display_name: String,
    /// A file's id.
    avatar: Option<String>,
    /// RFC 3339.
    since: String,
    #[serde(skip)]
    cursor: String,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Following,
    Followers,
}

/// Answers what is below `/v1/account/following` and `/v1/account/followers`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    let user = ask.account()?;
    match (&ask.head.method, path) {
        (&Method::GET, ["following"]) => page(ask, user, Way::Following).await,
        (&Method::GET, ["followers"]) => page(ask, user, Way::Followers).await,
        (&Method::PUT, ["following", handle]) => follow(ask, user, handle).await,
        (&Method::DELETE, ["following", handle]) => unfollow(ask, user, handle).await,
        (_, ["following" | "followers"] | ["following", _]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn page<P: SqlPlatform>(ask: &Ask<'_, P>, user: &str, way: Way) -> Result<Response<P>, ApiError> {
    let page = ask.page()?;
    let all = list(&ask.sql().await?, user, way, page).await?;
    Ok(ask.paged(page, all, |follow| follow.cursor.clone()))
}

/// A page, the newest first.
async fn list<S: Sql>(sql: &S, user: &str, way: Way, page: Page) -> Result<Vec<Follow>> {
    let (mine, theirs) = match way {
        Way::Following => ("follower", "author"),
        Way::Followers => ("author", "follower"),
    };
    let statement = format!(
        "SELECT u.handle, u.display_name, u.avatar, (extract(epoch FROM f.created_at) * 1000)::bigint, f.id::text \
         FROM follows f JOIN users u ON u.id = f.{theirs} WHERE f.{mine} = $1::text::uuid \
         AND u.suspended_at IS NULL AND u.deleted_at IS NULL AND ($2::text IS NULL OR f.id < $2::text::uuid) \
         ORDER BY f.id DESC LIMIT $3::bigint"
    );
    let rows = sql.query(&statement, &[user.into(), Value::from(page.after), page.limit.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Follow {
                handle: row.text_opt(0)?.map(str::to_owned),
                display_name: row.text(1)?.to_owned(),
                avatar: row.text_opt(2)?.map(str::to_owned),
                since: rfc3339(row.int(3)?.unsigned_abs()),
                cursor: row.text(4)?.to_owned(),
            })
        })
        .collect()
}

async fn follow<P: SqlPlatform>(ask: &Ask<'_, P>, user: &str, handle: &str) -> Result<Response<P>, ApiError> {
    let sql = ask.sql().await?;
    require_verified(&sql, ask.caller).await?;
    let author = profile::owner(&sql, handle).await?;
    if author == user {
        return Err(ApiError::new(409, "USER_FOLLOWS_SELF", "nobody follows themselves"));
    }
    sql.transaction(async |sql| {
        // Who follows many at once is counted once after the other.
        sql.query("SELECT 1::bigint FROM users WHERE id = $1::text::uuid FOR NO KEY UPDATE", &[user.into()]).await?;
        let row: [Value; 4] = [uuid_v7(ask.p).into(), user.into(), (&author).into(), MOST.into()];
        let insert = "INSERT INTO follows (id, follower, author) \
            SELECT $1::text::uuid, $2::text::uuid, $3::text::uuid \
            WHERE (SELECT count(*) FROM follows WHERE follower = $2::text::uuid) < $4::bigint \
            ON CONFLICT (follower, author) DO NOTHING";
        if sql.execute(insert, &row).await? == 1 {
            return Ok(audit::record(ask.p, sql, user, "user.author.followed", &author, json!({})).await?);
        }
        let there = "SELECT 1::bigint FROM follows WHERE follower = $1::text::uuid AND author = $2::text::uuid";
        match sql.query_opt(there, &[user.into(), (&author).into()]).await? {
            Some(_) => Ok(()),
            None => Err(ApiError::new(409, "USER_FOLLOWS_TOO_MANY", format!("an account follows {MOST} at most"))),
        }
    })
    .await?;
    Ok(answer::nothing::<P>())
}

async fn unfollow<P: SqlPlatform>(ask: &Ask<'_, P>, user: &str, handle: &str) -> Result<Response<P>, ApiError> {
    let sql = ask.sql().await?;
    sql.transaction(async |sql| {
        // One who is suspended, or was, can be left too.
        let delete = "DELETE FROM follows f USING users u WHERE u.handle = $2::text AND f.author = u.id \
            AND f.follower = $1::text::uuid RETURNING u.id::text";
        match sql.query_opt(delete, &[user.into(), handle.into()]).await? {
            Some(row) => audit::record(ask.p, sql, user, "user.author.unfollowed", row.text(0)?, json!({})).await,
            None => Ok(()),
        }
    })
    .await?;
    Ok(answer::nothing::<P>())
}
