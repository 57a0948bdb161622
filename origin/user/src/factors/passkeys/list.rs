//! An account's passkeys: listed, renamed, removed.

use aw_origin_data::{
    audit,
    input::{Match, Page},
};
use aw_platform::{ApiError, FromSegment, Result, Row, Sql, SqlExt, SqlPlatform, Value, rfc3339};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::factors::{
    notice::{self, Change},
    recovery,
    visit::Visit,
};

/// A passkey as its owner sees it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Passkey {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The host that it is for.
    pub(crate) host: String,
    /// Whether it is kept in more than one place.
    pub(crate) backed_up: bool,
    /// RFC 3339.
    pub(crate) created_at: String,
    /// RFC 3339; null before its first use.
    pub(crate) last_used_at: Option<String>,
    /// For `If-Match`.
    pub(crate) version: i64,
}

/// Another name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewName {
    #[schemars(length(min = 1, max = 100))]
    name: String,
}

pub(super) const COLUMNS: &str = "id::text, name, rp_id, backed_up, (extract(epoch FROM created_at) * 1000)::bigint, \
    (extract(epoch FROM last_used_at) * 1000)::bigint, version";

impl Passkey {
    pub(super) fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text(0)?.to_owned(),
            name: row.text(1)?.to_owned(),
            host: row.text(2)?.to_owned(),
            backed_up: row.bool(3)?,
            created_at: rfc3339(row.int(4)?.unsigned_abs()),
            last_used_at: row.int_opt(5)?.map(|ms| rfc3339(ms.unsigned_abs())),
            version: row.int(6)?,
        })
    }
}

/// A passkey's name.
///
/// # Errors
/// 422 `AUTH_PASSKEY_NAME_INVALID`.
pub(super) fn name(given: &str) -> Result<&str, ApiError> {
    let name = given.trim();
    if (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(name);
    }
    Err(ApiError::new(422, "AUTH_PASSKEY_NAME_INVALID", "a name has 1 to 100 characters"))
}

fn not_found() -> ApiError {
    ApiError::new(404, "AUTH_PASSKEY_NOT_FOUND", "this account has no such passkey")
}

/// An id as it stands in a path.
fn id(given: &str) -> Result<&str, ApiError> {
    if uuid::Uuid::from_segment(given).is_some() { Ok(given) } else { Err(not_found()) }
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// `GET /v1/auth/passkeys`: oldest first.
    pub(in crate::factors) async fn passkeys(&self, page: Page) -> Result<Vec<Passkey>, ApiError> {
        let statement = format!(
            "SELECT {COLUMNS} FROM passkeys WHERE user_id = $1::text::uuid \
             AND ($2::text IS NULL OR id > $2::text::uuid) ORDER BY id LIMIT $3::bigint"
        );
        let params = [self.user()?.into(), Value::from(page.after), page.limit.into()];
        let rows = self.sql.query(&statement, &params).await?;
        Ok(rows.iter().map(Passkey::from_row).collect::<Result<_>>()?)
    }

    /// `PATCH /v1/auth/passkeys/ID`.
    pub(in crate::factors) async fn passkey_rename(
        &self,
        given: &str,
        expected: Match,
        new: NewName,
    ) -> Result<Passkey, ApiError> {
        let (user, id, name) = (self.user()?, id(given)?, name(&new.name)?);
        let done = self.sql.transaction(async |sql| -> Result<_, ApiError> {
            let find = "SELECT version FROM passkeys WHERE id = $1::text::uuid AND user_id = $2::text::uuid FOR UPDATE";
            let row = sql.query_opt(find, &[id.into(), user.into()]).await?;
            expected.check(row.ok_or_else(not_found)?.int(0)?)?;
            let update = format!(
                "UPDATE passkeys SET name = $2::text, version = version + 1 WHERE id = $1::text::uuid \
                 RETURNING {COLUMNS}"
            );
            let row = sql.query_opt(&update, &[id.into(), name.into()]).await?;
            audit::record(self.p, sql, user, "user.passkey.renamed", id, json!({ "name": name })).await?;
            Ok(Passkey::from_row(&row.ok_or_else(not_found)?)?)
        });
        done.await
    }

    /// `DELETE /v1/auth/passkeys/ID`.
    pub(in crate::factors) async fn passkey_remove(&self, given: &str) -> Result<(), ApiError> {
        let (user, id) = (self.fresh_user().await?, id(given)?);
        let done = self.sql.transaction(async |sql| -> Result<_, ApiError> {
            let delete = "DELETE FROM passkeys WHERE id = $1::text::uuid AND user_id = $2::text::uuid";
            if sql.execute(delete, &[id.into(), user.into()]).await? == 0 {
                return Err(not_found());
            }
            recovery::drop_without_factor(sql, user).await?;
            Ok(notice::send(self.p, sql, user, Change::PasskeyRemoved, json!({ "passkey": id })).await?)
        });
        done.await
    }
}
