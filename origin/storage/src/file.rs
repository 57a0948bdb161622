//! A file's row, and what the API shows of it.

use aw_model::file::path;
use aw_platform::{ApiError, Error, Result, Row, Sql, SqlExt, Value, rfc3339};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::refusal::{Refusal, Why};

/// The largest file, in bytes: 50 GiB.
pub(crate) const MOST: u64 = 50 << 30;

/// Who may read a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Visibility {
    /// Who has a link.
    #[default]
    Private,
    /// Everybody, at `/files/SHA256/NAME`.
    Public,
}

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Its bytes are on their way.
    Uploading,
    /// Its bytes are there and are being looked at.
    Checking,
    /// It is a file.
    Stored,
    /// Its bytes were not what was announced, and are gone.
    Refused,
}

/// How its bytes come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Put,
    Parts,
    Tus,
}

macro_rules! names {
    ($type:ident { $($variant:ident => $name:literal,)* }) => {
        impl $type {
            /// As the database has it.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
            fn parse(name: &str) -> Result<Self> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(Error::internal("a row of files has a word that is none")),
                }
            }
        }
    };
}
names!(Visibility { Private => "private", Public => "public", });
names!(State { Uploading => "uploading", Checking => "checking", Stored => "stored", Refused => "refused", });
names!(Method { Put => "put", Parts => "parts", Tus => "tus", });

/// A file's row. Those that are deleted are not read.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) id: Uuid,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) size: u64,
    pub(crate) sha256: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) state: State,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) method: Method,
    pub(crate) place: String,
    pub(crate) upload: Option<String>,
    pub(crate) position: u64,
    pub(crate) tail: Option<String>,
    pub(crate) hashed: u64,
    pub(crate) hash: bytes::Bytes,
    pub(crate) metadata: Option<String>,
    pub(crate) version: i64,
    /// Milliseconds since 1970.
    due: Option<u64>,
    created: u64,
    updated: u64,
    references: u64,
}

const COLUMNS: &str = "f.id::text, f.owner, f.name, f.media_type, f.size, f.sha256, f.visibility, f.state, f.refusal, \
    f.method, f.place, f.upload, f.position, f.tail, f.hashed, coalesce(f.hash, ''::bytea), f.version, \
    (extract(epoch from f.due_at) * 1000)::bigint, (extract(epoch from f.created_at) * 1000)::bigint, \
    (extract(epoch from f.updated_at) * 1000)::bigint, \
    (SELECT count(*) FROM file_references r WHERE r.file = f.id), f.metadata";

impl File {
    fn from_row(row: &Row) -> Result<Self> {
        let text = |n| row.text(n).map(str::to_owned);
        let text_opt = |n| Ok::<_, Error>(row.text_opt(n)?.map(str::to_owned));
        let count = |n| row.int(n).map(i64::unsigned_abs);
        Ok(Self {
            id: row.text(0)?.parse().map_err(|_| Error::internal("an id that is none"))?,
            owner: text(1)?,
            name: text(2)?,
            media_type: text(3)?,
            size: count(4)?,
            sha256: text_opt(5)?,
            visibility: Visibility::parse(row.text(6)?)?,
            state: State::parse(row.text(7)?)?,
            refusal: row.text_opt(8)?.and_then(Refusal::parse),
            method: Method::parse(row.text(9)?)?,
            place: text(10)?,
            upload: text_opt(11)?,
            position: count(12)?,
            tail: text_opt(13)?,
            hashed: count(14)?,
            hash: row.bytes(15)?.clone(),
            version: row.int(16)?,
            due: row.int_opt(17)?.map(i64::unsigned_abs),
            created: count(18)?,
            updated: count(19)?,
            references: count(20)?,
            metadata: text_opt(21)?,
        })
    }

    /// Until when its upload may go on, in milliseconds since 1970.
    pub(crate) fn expires(&self) -> Option<u64> {
        self.due.filter(|_| self.state == State::Uploading)
    }
}

/// There is no such file, or it is none of the caller's business.
pub(crate) fn not_found() -> ApiError {
    ApiError::new(404, "STORAGE_FILE_NOT_FOUND", "there is no such file")
}

/// The file is not one yet.
pub(crate) fn not_stored() -> ApiError {
    ApiError::new(409, "STORAGE_FILE_NOT_STORED", "the file's upload has not been completed")
}

/// The file of that id.
///
/// # Errors
/// 404 `STORAGE_FILE_NOT_FOUND`.
pub(crate) async fn find<S: Sql>(sql: &S, id: Uuid) -> Result<File, ApiError> {
    select(sql, id, "").await
}

/// As [`find`], locked until the caller's transaction ends.
pub(crate) async fn lock<S: Sql>(sql: &S, id: Uuid) -> Result<File, ApiError> {
    select(sql, id, "FOR UPDATE").await
}

async fn select<S: Sql>(sql: &S, id: Uuid, lock: &str) -> Result<File, ApiError> {
    let statement =
        format!("SELECT {COLUMNS} FROM files f WHERE f.id = $1::text::uuid AND f.state <> 'deleted' {lock}");
    let row = sql.query_opt(&statement, &[id.into()]).await?.ok_or_else(not_found)?;
    Ok(File::from_row(&row)?)
}

/// As [`find`], for a file whose bytes are awaited at the object store: what is sent there is taken for `signed` seconds
/// from now on, and the upload may rest for `rest`. `None` where they are not awaited.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn await_bytes<S: Sql>(sql: &S, id: Uuid, signed: u32, rest: i64) -> Result<Option<File>> {
    let statement = format!(
        "UPDATE files f SET signed_until = greatest(f.signed_until, now() + $2::bigint * interval '1 second'), \
            due_at = now() + $3::bigint * interval '1 second' \
         WHERE f.id = $1::text::uuid AND f.state = 'uploading' AND f.method <> 'tus' RETURNING {COLUMNS}"
    );
    let row = sql.query_opt(&statement, &[id.into(), signed.into(), rest.into()]).await?;
    row.map(|row| File::from_row(&row)).transpose()
}

/// What a list is to have.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) owner: Option<String>,
    pub(crate) visibility: Option<Visibility>,
    pub(crate) state: Option<State>,
    /// The beginning of a media type.
    pub(crate) media_type: Option<String>,
    /// Words that are in the name.
    pub(crate) name: Option<String>,
}

/// A page of files, newest first, those before `before`.
pub(crate) async fn page<S: Sql>(sql: &S, filter: &Filter, before: Option<Uuid>, limit: u32) -> Result<Vec<File>> {
    let statement = format!(
        "SELECT {COLUMNS} FROM files f WHERE f.state <> 'deleted' \
         AND ($1::text IS NULL OR f.id < $1::text::uuid) AND ($2::text IS NULL OR f.owner = $2::text) \
         AND ($3::text IS NULL OR f.visibility = $3::text) AND ($4::text IS NULL OR f.state = $4::text) \
         AND ($5::text IS NULL OR starts_with(f.media_type, $5::text)) \
         AND ($6::text IS NULL OR position(lower($6::text) in lower(f.name)) > 0) \
         ORDER BY f.id DESC LIMIT $7::bigint"
    );
    let params: [Value; 7] = [
        before.into(),
        filter.owner.as_ref().into(),
        filter.visibility.map(Visibility::name).into(),
        filter.state.map(State::name).into(),
        filter.media_type.as_ref().into(),
        filter.name.as_ref().into(),
        limit.into(),
    ];
    sql.query(&statement, &params).await?.iter().map(File::from_row).collect()
}

/// A file, as the API shows it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "File")]
pub(crate) struct Shown {
    id: Uuid,
    /// The user's id.
    owner: String,
    name: String,
    /// Until it is stored what was announced, then what the bytes are.
    media_type: String,
    /// In bytes.
    size: u64,
    /// In lower-case hexadecimal; always there once it is stored.
    sha256: Option<String>,
    visibility: Visibility,
    state: State,
    /// How many things refer to it: it is not deleted before they are none.
    references: u64,
    /// Why it was refused.
    refusal: Option<Why>,
    /// Where everybody reads it: a path.
    url: Option<String>,
    /// Until when its upload may go on.
    expires_at: Option<String>,
    created_at: String,
    updated_at: String,
}

impl From<&File> for Shown {
    fn from(file: &File) -> Self {
        let file = file.clone();
        let public = file.visibility == Visibility::Public && file.state == State::Stored;
        let url = file.sha256.as_ref().filter(|_| public).map(|sha256| path(sha256, &file.name));
        Self {
            expires_at: file.expires().map(rfc3339),
            refusal: file.refusal.map(Refusal::why),
            created_at: rfc3339(file.created),
            updated_at: rfc3339(file.updated),
            id: file.id,
            owner: file.owner,
            name: file.name,
            media_type: file.media_type,
            size: file.size,
            sha256: file.sha256,
            visibility: file.visibility,
            state: file.state,
            references: file.references,
            url,
        }
    }
}
