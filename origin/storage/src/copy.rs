//! `POST /v1/files/{id}/copy`: another file of the same bytes, which are stored once.

use aw_ingress::Caller;
use aw_origin_data::{audit, input::actor};
use aw_platform::{ApiError, Error, Platform, Result, Sql, Value, uuid_v7};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    access,
    create::check_size,
    file::{self, State, Visibility, not_stored},
    name, public, quota,
};

/// What is different of a copy.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewCopy {
    /// The file's own where it is left out.
    #[schemars(length(min = 1, max = 255))]
    name: Option<String>,
    /// Private where it is left out.
    #[serde(default)]
    visibility: Visibility,
}

/// Copies a stored file, in the caller's transaction; the copy's id. The copy is the caller's, and counts in full.
///
/// # Errors
/// 404; 409 for a file that is not stored; 413 over the quota, or for a public file that would be too large; 422.
pub(crate) async fn copy<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    tenant: &str,
    id: Uuid,
    new: &NewCopy,
) -> Result<Uuid, ApiError> {
    // Locked, so that its bytes are not removed before the copy's row says that they are needed.
    let there = file::lock(sql, id).await?;
    access::check(caller, &there)?;
    let sha256 = there.sha256.as_ref().filter(|_| there.state == State::Stored).ok_or_else(not_stored)?;
    check_size(there.size, new.visibility)?;
    let name = name::checked(new.name.as_deref().unwrap_or(&there.name))?;
    quota::take(sql, there.size).await?;
    let copy = uuid_v7(p);
    let row: [Value; 9] = [
        copy.into(),
        actor(caller).into(),
        (&name).into(),
        (&there.media_type).into(),
        i64::try_from(there.size).map_err(|_| Error::Limit("the file"))?.into(),
        sha256.into(),
        new.visibility.name().into(),
        there.method.name().into(),
        (&there.place).into(),
    ];
    let insert = "INSERT INTO files (id, owner, name, media_type, size, sha256, visibility, method, place, state) \
        VALUES ($1::text::uuid, $2::text, $3::text, $4::text, $5::bigint, $6::text, $7::text, $8::text, $9::text, \
            'stored')";
    sql.execute(insert, &row).await?;
    if new.visibility == Visibility::Public {
        public::write(sql, tenant, sha256).await?;
    }
    let details = json!({ "from": id, "name": name });
    audit::record(p, sql, actor(caller), "storage.file.copied", &copy.to_string(), details).await?;
    Ok(copy)
}
