//! `POST /v1/files`: a file is announced, its bytes of the quota taken.

use aw_ingress::Caller;
use aw_model::object;
use aw_origin_data::{audit, input::actor};
use aw_platform::{ApiError, Error, Platform, Result, Sql, Value, uuid_v7};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    file::{MOST, Method, Visibility},
    media, name, quota, upload,
};

/// How long an upload may rest, in seconds.
pub(crate) const REST: i64 = 24 * 3600;

/// A file that is to be uploaded.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewFile {
    /// 1 to 255 bytes without slashes and control characters.
    #[schemars(length(min = 1, max = 255))]
    name: String,
    /// In bytes.
    #[schemars(range(min = 1, max = 53_687_091_200_u64))]
    size: u64,
    /// What it is said to be; `application/octet-stream` leaves it to the bytes.
    #[schemars(length(max = 255))]
    media_type: String,
    /// In lower-case hexadecimal. The object store checks it too, where the file goes there in one piece.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    sha256: Option<String>,
    #[serde(default)]
    visibility: Visibility,
}

/// A [`NewFile`] that may be.
#[derive(Debug)]
pub(crate) struct Announced {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) media_type: &'static str,
    pub(crate) sha256: Option<String>,
    pub(crate) visibility: Visibility,
}

impl NewFile {
    /// # Errors
    /// 422 where no such file may be, 413 where it is too large.
    pub(crate) fn checked(self) -> Result<Announced, ApiError> {
        let Self { name, size, media_type, sha256, visibility } = self;
        announced(&name, size, &media_type, sha256, visibility)
    }
}

/// # Errors
/// 422 where no such file may be, 413 where it is too large.
pub(crate) fn announced(
    name: &str,
    size: u64,
    media_type: &str,
    sha256: Option<String>,
    visibility: Visibility,
) -> Result<Announced, ApiError> {
    let name = name::checked(name)?;
    if size == 0 {
        return Err(ApiError::new(422, "STORAGE_FILE_EMPTY", "a file has at least one byte"));
    }
    check_size(size, visibility)?;
    let known = media::said(media_type);
    let media_type =
        known.ok_or_else(|| ApiError::new(422, "STORAGE_FILE_TYPE_REFUSED", "files of this type are not kept here"))?;
    if sha256.as_ref().is_some_and(|sum| !object::is_sha256(sum)) {
        let why = "sha256 is 64 digits of lower-case hexadecimal";
        return Err(ApiError::new(422, "STORAGE_FILE_DIGEST_INVALID", why));
    }
    Ok(Announced { name, size, media_type, sha256, visibility })
}

/// Whether a file may be so large.
///
/// # Errors
/// 413 `STORAGE_FILE_TOO_LARGE`.
pub(crate) fn check_size(size: u64, visibility: Visibility) -> Result<(), ApiError> {
    let most = if visibility == Visibility::Public { object::MAX } else { MOST };
    if size <= most {
        return Ok(());
    }
    let why = format!("a {} file has at most {most} bytes", visibility.name());
    Err(ApiError::new(413, "STORAGE_FILE_TOO_LARGE", why))
}

/// Makes the row, in the caller's transaction; its id.
pub(crate) async fn insert<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    tenant: &str,
    file: &Announced,
    method: Method,
) -> Result<Uuid, ApiError> {
    quota::take(sql, file.size).await?;
    let id = uuid_v7(p);
    let row: [Value; 10] = [
        id.into(),
        actor(caller).into(),
        (&file.name).into(),
        file.media_type.into(),
        i64::try_from(file.size).map_err(|_| Error::Limit("the file"))?.into(),
        file.sha256.as_ref().into(),
        file.visibility.name().into(),
        method.name().into(),
        upload::place(tenant, id, "0").into(),
        REST.into(),
    ];
    let insert = "INSERT INTO files (id, owner, name, media_type, size, sha256, visibility, method, place, due_at) \
        VALUES ($1::text::uuid, $2::text, $3::text, $4::text, $5::bigint, $6::text, $7::text, $8::text, $9::text, \
            now() + $10::bigint * interval '1 second')";
    sql.execute(insert, &row).await?;
    let details = json!({ "name": file.name, "size": file.size, "visibility": file.visibility });
    audit::record(p, sql, actor(caller), "storage.file.announced", &id.to_string(), details).await?;
    Ok(id)
}
