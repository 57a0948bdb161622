//! What an account shows of itself: `/v1/account/profile`, and `/v1/profiles/HANDLE` for everybody. Without a handle
//! there is no public profile.

mod checks;

use aw_origin_data::{answer, ask::Ask, audit, input::Match};
use aw_platform::{
    ApiError, Error, Response, Result, Row, Sql, SqlExt, SqlPlatform, Value,
    http::{Method, request::Parts},
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use crate::{account, register};

/// A link on a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileLink {
    /// What it is called.
    #[schemars(length(min = 1, max = 60))]
    label: String,
    /// `https://…` or `http://…`
    #[schemars(length(max = 500), regex(pattern = "^https?://"))]
    url: String,
}

/// A profile.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    /// The name in its address; none: it is not public.
    handle: Option<String>,
    /// The name that others see.
    display_name: String,
    /// Plain text.
    bio: String,
    links: Vec<ProfileLink>,
    /// A file's id.
    avatar: Option<String>,
    /// How many follow it.
    followers: u64,
    #[serde(skip)]
    id: String,
    #[serde(skip)]
    version: i64,
}

/// What is to change. `null` takes a handle or an avatar away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProfileChange {
    /// Lower-case letters, digits and hyphens.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 2, max = 40), regex(pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"))]
    handle: Option<Option<String>>,
    #[schemars(length(max = 100))]
    display_name: Option<String>,
    #[schemars(length(max = 2000))]
    bio: Option<String>,
    #[schemars(length(max = 10))]
    links: Option<Vec<ProfileLink>>,
    /// A file's id.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1, max = 100), regex(pattern = "^[A-Za-z0-9._-]+$"))]
    avatar: Option<Option<String>>,
}

/// A field that is there, be it null.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

const COLUMNS: &str = "u.handle, u.display_name, u.bio, u.links, u.avatar, \
    (SELECT count(*) FROM follows f JOIN users w ON w.id = f.follower \
        WHERE f.author = u.id AND w.suspended_at IS NULL), u.id::text, u.version";

fn profile(row: &Row) -> Result<Profile> {
    let text = |column| Ok::<_, Error>(row.text_opt(column)?.map(str::to_owned));
    Ok(Profile {
        handle: text(0)?,
        display_name: row.text(1)?.to_owned(),
        bio: row.text(2)?.to_owned(),
        links: serde_json::from_str(row.text(3)?).map_err(|e| Error::internal(e.to_string()))?,
        avatar: text(4)?,
        followers: row.int(5)?.unsigned_abs(),
        id: row.text(6)?.to_owned(),
        version: row.int(7)?,
    })
}

/// Answers `/v1/account/profile`.
pub(crate) async fn mine<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let user = ask.account()?;
    let profile = match ask.head.method {
        Method::GET => read(&ask.sql().await?, user, "").await?,
        Method::PATCH => change(ask, user, ask.head).await?,
        _ => return Err(ApiError::method_not_allowed()),
    };
    let version = profile.version;
    Ok(answer::versioned(ask.p, ask.caller, 200, profile, version))
}

async fn read<S: Sql>(sql: &S, user: &str, lock: &str) -> Result<Profile, ApiError> {
    let find = format!("SELECT {COLUMNS} FROM users u WHERE u.id = $1::text::uuid AND u.deleted_at IS NULL {lock}");
    match sql.query_opt(&find, &[user.into()]).await? {
        Some(row) => Ok(profile(&row)?),
        None => Err(account::gone()),
    }
}

async fn change<P: SqlPlatform>(ask: &Ask<'_, P>, user: &str, head: &Parts) -> Result<Profile, ApiError> {
    let expected = Match::required(&head.headers)?;
    let change = checks::checked(ask.json()?)?;
    let name = change.display_name.as_deref().map(|name| register::display_name(Some(name), "")).transpose()?;
    ask.sql()
        .await?
        .transaction(async |sql| {
            let there = read(sql, user, "FOR UPDATE OF u").await?;
            expected.check(there.version)?;
            let row: [Value; 6] = [
                user.into(),
                change.handle.clone().unwrap_or(there.handle).into(),
                name.clone().unwrap_or(there.display_name).into(),
                change.bio.clone().unwrap_or(there.bio).into(),
                json!(change.links.as_ref().unwrap_or(&there.links)).to_string().into(),
                change.avatar.clone().unwrap_or(there.avatar).into(),
            ];
            let update = format!(
                "UPDATE users u SET handle = $2::text, display_name = $3::text, bio = $4::text, links = $5::text, \
                 avatar = $6::text, version = u.version + 1, updated_at = now() WHERE u.id = $1::text::uuid \
                 RETURNING {COLUMNS}"
            );
            let row = match sql.query_opt(&update, &row).await {
                Err(error) if error.is_unique_violation() => {
                    let why = "somebody has this handle already";
                    return Err(ApiError::new(409, "USER_HANDLE_TAKEN", why));
                }
                other => other?.ok_or_else(|| Error::internal("a locked row has gone"))?,
            };
            audit::record(ask.p, sql, user, "user.profile.changed", user, json!({})).await?;
            Ok(profile(&row)?)
        })
        .await
}

/// A profile as everybody sees it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublicProfile {
    #[serde(flatten)]
    profile: Profile,
    /// Whether whoever asks follows it; none: nobody known asks.
    following: Option<bool>,
}

/// Answers what is below `/v1/profiles`.
pub(crate) async fn public<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, [handle]) => {
            let sql = ask.sql().await?;
            let profile = by_handle(&sql, handle).await?;
            let following = match ask.account() {
                Ok(user) => {
                    let find = "SELECT 1::bigint FROM follows \
                        WHERE follower = $1::text::uuid AND author = $2::text::uuid";
                    Some(sql.query_opt(find, &[user.into(), (&profile.id).into()]).await?.is_some())
                }
                Err(_) => None,
            };
            Ok(ask.data(200, PublicProfile { profile, following }))
        }
        (_, [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// The public profile with this handle.
///
/// # Errors
/// 404 `USER_PROFILE_NOT_FOUND`, of a suspended account too.
async fn by_handle<S: Sql>(sql: &S, handle: &str) -> Result<Profile, ApiError> {
    let find = format!(
        "SELECT {COLUMNS} FROM users u WHERE u.handle = $1::text AND u.suspended_at IS NULL AND u.deleted_at IS NULL"
    );
    let row = sql.query_opt(&find, &[handle.into()]).await?;
    let none = || ApiError::new(404, "USER_PROFILE_NOT_FOUND", "there is no such profile");
    Ok(profile(&row.ok_or_else(none)?)?)
}

/// The id of the account whose public profile has this handle.
///
/// # Errors
/// 404 `USER_PROFILE_NOT_FOUND`.
pub(crate) async fn owner<S: Sql>(sql: &S, handle: &str) -> Result<String, ApiError> {
    Ok(by_handle(sql, handle).await?.id)
}
