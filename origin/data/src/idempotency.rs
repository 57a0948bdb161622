//! `Idempotency-Key`: a creating request that is repeated is done once and answered the same.

use aw_platform::{ApiError, Error, Result, Sql, SqlExt, Value, http::HeaderMap};
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// What a request with an `Idempotency-Key` is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    caller: String,
    key: String,
    fingerprint: [u8; 32],
}

/// A status and the envelope's data.
pub type Answer = (u16, serde_json::Value);

/// Why the work is not done.
enum Failure {
    Api(ApiError),
    /// Somebody else has done it meanwhile.
    Done,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Api(error.into())
    }
}

impl Once {
    /// From a request's `Idempotency-Key`, for `caller`; `None` where it has none. `parts` are what makes it this
    /// request: method, path and query, body.
    ///
    /// # Errors
    /// 400 `REQUEST_IDEMPOTENCY_KEY_INVALID` for a key that is not 1 to 255 visible characters of ASCII.
    pub fn from_headers(headers: &HeaderMap, caller: &str, parts: &[&[u8]]) -> Result<Option<Self>, ApiError> {
        let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
        let key = value.to_str().unwrap_or_default();
        if !(1..=255).contains(&key.len()) {
            let why = "Idempotency-Key must be 1 to 255 visible characters of ASCII";
            return Err(ApiError::bad_request("REQUEST_IDEMPOTENCY_KEY_INVALID", why));
        }
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Ok(Some(Self { caller: caller.to_owned(), key: key.to_owned(), fingerprint: hash.finalize().into() }))
    }

    /// The answer that was given to the same request before.
    ///
    /// # Errors
    /// 422 `REQUEST_IDEMPOTENCY_KEY_REUSED` where the key came with another request; the database cannot be asked.
    pub async fn kept<S: Sql>(&self, sql: &S) -> Result<Option<Answer>, ApiError> {
        let statement = "SELECT fingerprint, status, data FROM idempotency \
            WHERE caller = $1::text AND key = $2::text AND expires_at > now()";
        let row = sql.query_opt(statement, &[(&self.caller).into(), (&self.key).into()]).await?;
        let Some(row) = row else { return Ok(None) };
        if row.bytes(0)?[..] != self.fingerprint {
            let why = "this Idempotency-Key was used with another request";
            return Err(ApiError::new(422, "REQUEST_IDEMPOTENCY_KEY_REUSED", why));
        }
        let data = serde_json::from_str(row.text(2)?).map_err(|e| Error::internal(e.to_string()))?;
        Ok(Some((u16::try_from(row.int(1)?).unwrap_or(200), data)))
    }

    async fn keep<S: Sql>(&self, sql: &S, (status, data): &Answer) -> Result<bool> {
        let row: [Value; 5] = [
            (&self.caller).into(),
            (&self.key).into(),
            Bytes::copy_from_slice(&self.fingerprint).into(),
            u32::from(*status).into(),
            data.to_string().into(),
        ];
        // Whoever writes takes some of what has expired along.
        let insert = "WITH swept AS (DELETE FROM idempotency WHERE (caller, key) IN (SELECT caller, key FROM idempotency \
                WHERE expires_at < now() AND (caller, key) <> ($1::text, $2::text) \
                ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED)) \
            INSERT INTO idempotency AS i (caller, key, fingerprint, status, data) \
            VALUES ($1::text, $2::text, $3::bytea, $4::bigint, $5::text) \
            ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status, \
                data = excluded.data, expires_at = excluded.expires_at WHERE i.expires_at < now()";
        Ok(sql.execute(insert, &row).await? == 1)
    }
}

/// Runs `work` in a transaction that is committed once for all requests with the same key.
///
/// # Errors
/// `work`'s own; the key came with another request.
pub async fn run<S: Sql>(
    sql: &S,
    once: Option<&Once>,
    work: impl AsyncFnOnce(&S) -> Result<Answer, ApiError>,
) -> Result<Answer, ApiError> {
    let Some(once) = once else { return sql.transaction(work).await };
    if let Some(answer) = once.kept(sql).await? {
        return Ok(answer);
    }
    let done = sql.transaction(async |sql| {
        let answer = work(sql).await.map_err(Failure::Api)?;
        if once.keep(sql, &answer).await? { Ok(answer) } else { Err(Failure::Done) }
    });
    match done.await {
        Ok(answer) => Ok(answer),
        Err(Failure::Api(error)) => Err(error),
        Err(Failure::Done) => match once.kept(sql).await? {
            Some(answer) => Ok(answer),
            None => Err(Error::internal("an idempotency key was there and is not").into()),
        },
    }
}
