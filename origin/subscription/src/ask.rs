//! One request, as the routes see it.

use aw_ingress::Caller;
use aw_origin_data::{
    answer, database,
    idempotency::{self, Once},
    input::{self, Match, Page},
    secrets::Secrets,
};
use aw_platform::{
    ApiError, Error, Response, SqlPlatform,
    http::{HeaderMap, Method, request::Parts},
};
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub(crate) use aw_origin_data::push::soon as push;

use crate::press::Press;

/// Who may see and change what is sold and who has paid.
pub(crate) const KEEPERS: [&str; 2] = ["owner", "admin"];

/// A request to a tenant.
pub(crate) struct Ask<'a, P: SqlPlatform> {
    pub(crate) p: &'a P,
    pub(crate) secrets: &'a Secrets,
    pub(crate) caller: &'a Caller,
    pub(crate) tenant: &'a str,
    pub(crate) head: &'a Parts,
    pub(crate) body: &'a Bytes,
}

impl<P: SqlPlatform> Ask<'_, P> {
    pub(crate) fn press(&self) -> Press<'_, P> {
        Press { p: self.p, secrets: self.secrets, tenant: self.tenant }
    }

    pub(crate) fn method(&self) -> &Method {
        &self.head.method
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The value of `name` in the query.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        input::query(self.head.uri.query(), name)
    }

    pub(crate) fn page(&self) -> Result<Page, ApiError> {
        Page::from_query(self.head.uri.query())
    }

    /// The tenant's database.
    pub(crate) async fn sql(&self) -> Result<P::Sql, ApiError> {
        database::tenant(self.p, self.tenant).await
    }

    /// The body.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        input::json(self.headers(), self.body)
    }

    /// The caller's name in the audit trail.
    pub(crate) fn actor(&self) -> &str {
        input::actor(self.caller)
    }

    /// Lets only owners and admins pass.
    pub(crate) fn keeper(&self) -> Result<(), ApiError> {
        self.caller.require_role(&KEEPERS).map(drop)
    }

    /// The reader, who is an account of this tenant's: the operator is none.
    pub(crate) fn reader(&self) -> Result<&str, ApiError> {
        let user = self.caller.require_user()?;
        if self.caller.is_operator() || user.parse::<uuid::Uuid>().is_err() {
            return Err(ApiError::new(403, "AUTH_ACCOUNT_REQUIRED", "only a reader's account can do this"));
        }
        Ok(user)
    }

    pub(crate) fn expected(&self) -> Result<Match, ApiError> {
        Match::required(self.headers())
    }

    /// What makes this request the one that its `Idempotency-Key` is of.
    pub(crate) fn once(&self) -> Result<Option<Once>, ApiError> {
        let parts = [self.method().as_str().as_bytes(), self.head.uri.path().as_bytes(), self.body];
        Once::from_headers(self.headers(), self.actor(), &parts)
    }

    /// Does `work` in one transaction, once for each `Idempotency-Key`; 201 with what it gives.
    pub(crate) async fn create<T: Serialize>(
        &self,
        work: impl AsyncFnOnce(&P::Sql) -> Result<T, ApiError>,
    ) -> Result<Response<P>, ApiError> {
        let once = self.once()?;
        let sql = self.sql().await?;
        let (status, data) = idempotency::run(&sql, once.as_ref(), async |sql| {
            let made = work(sql).await?;
            Ok::<(u16, Value), ApiError>((201, serde_json::to_value(made).map_err(|e| Error::internal(e.to_string()))?))
        })
        .await?;
        Ok(self.data(status, data))
    }

    pub(crate) fn data(&self, status: u16, data: impl Serialize) -> Response<P> {
        answer::data(self.p, self.caller, status, data)
    }

    pub(crate) fn versioned(&self, status: u16, data: impl Serialize, version: i64) -> Response<P> {
        answer::versioned(self.p, self.caller, status, data, version)
    }

    /// Tells the edges what became void, once the caller has been answered.
    pub(crate) fn push(&self) {
        push(self.p, self.secrets, self.tenant);
    }

    /// A page, with the id of its last row as the cursor where it is full.
    pub(crate) fn list<T: Serialize>(&self, page: Page, rows: Vec<T>, id: impl FnOnce(&T) -> &str) -> Response<P> {
        let full = rows.len() == page.limit as usize;
        let next = rows.last().filter(|_| full).map(|row| id(row).to_owned());
        answer::page(self.p, self.caller, rows, next, page.limit)
    }
}

/// A row's time (milliseconds since 1970) as the API writes it.
pub(crate) fn at(ms: i64) -> String {
    aw_platform::rfc3339(ms.unsigned_abs())
}

/// There is no such row.
pub(crate) fn missing(code: &'static str) -> impl FnOnce() -> ApiError {
    move || ApiError::new(404, code, "there is no such thing here")
}
