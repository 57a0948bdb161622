//! One request, as a tenant's routes see it.

use aw_ingress::Caller;
use aw_platform::{ApiError, Bytes, FromSegment, Response, SqlPlatform, http::request::Parts};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    answer, database,
    idempotency::{self, Answer, Once},
    input::{self, Match, Page},
    push,
    secrets::Secrets,
};

/// Who keeps a tenant: its accounts, its money, its programs.
pub const KEEPERS: [&str; 2] = ["owner", "admin"];

/// A request for a tenant, and what it takes to answer it.
pub struct Ask<'a, P> {
    /// The platform.
    pub p: &'a P,
    /// The service's secrets.
    pub secrets: &'a Secrets,
    /// Who asks.
    pub caller: &'a Caller,
    /// The tenant's id.
    pub tenant: &'a str,
    /// The request's head.
    pub head: &'a Parts,
    /// The request's body.
    pub body: &'a Bytes,
}

impl<'a, P: SqlPlatform> Ask<'a, P> {
    /// A request for the tenant that it names.
    ///
    /// # Errors
    /// 400 `ORIGIN_TENANT_REQUIRED` where it names none.
    pub fn new(
        p: &'a P,
        secrets: &'a Secrets,
        caller: &'a Caller,
        head: &'a Parts,
        body: &'a Bytes,
    ) -> Result<Self, ApiError> {
        Ok(Self { p, secrets, caller, tenant: caller.require_tenant()?, head, body })
    }

    /// A connection to the tenant's database.
    ///
    /// # Errors
    /// 404 `TENANT_NOT_FOUND`; the server cannot be reached.
    pub async fn sql(&self) -> Result<P::Sql, ApiError> {
        database::tenant(self.p, self.tenant).await
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// As [`input::json`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        input::json(&self.head.headers, self.body)
    }

    /// The value of `name` in the query.
    pub fn query(&self, name: &str) -> Option<String> {
        input::query(self.head.uri.query(), name)
    }

    /// Which page of a list is asked for.
    ///
    /// # Errors
    /// As [`Page::from_query`].
    pub fn page(&self) -> Result<Page, ApiError> {
        Page::from_query(self.head.uri.query())
    }

    /// The version that must be there: `If-Match`.
    ///
    /// # Errors
    /// As [`Match::required`].
    pub fn expected(&self) -> Result<Match, ApiError> {
        Match::required(&self.head.headers)
    }

    /// The caller's name in the audit trail.
    pub fn actor(&self) -> &'a str {
        input::actor(self.caller)
    }

    /// The id of the account that asks.
    ///
    /// # Errors
    /// 401 for a stranger; 403 `AUTH_ACCOUNT_REQUIRED` for the operator, who has none.
    pub fn account(&self) -> Result<&'a str, ApiError> {
        let user = self.caller.require_user()?;
        if Uuid::from_segment(user).is_some() {
            return Ok(user);
        }
        Err(ApiError::new(403, "AUTH_ACCOUNT_REQUIRED", "only an account may do this"))
    }

    /// Runs `work` in a transaction, once for all requests with the same `Idempotency-Key`, and answers with what it
    /// gives.
    ///
    /// # Errors
    /// `work`'s; 422 for a key that came with another request.
    pub async fn once(
        &self,
        work: impl AsyncFnOnce(&P::Sql) -> Result<Answer, ApiError>,
    ) -> Result<Response<P>, ApiError> {
        let target = self.head.uri.path_and_query().map_or("", |p| p.as_str());
        let parts = [self.head.method.as_str().as_bytes(), target.as_bytes(), self.body];
        let once = Once::from_headers(&self.head.headers, self.actor(), &parts)?;
        let (status, data) = idempotency::run(&self.sql().await?, once.as_ref(), work).await?;
        Ok(self.data(status, data))
    }

    /// `data` in the envelope.
    pub fn data(&self, status: u16, data: impl Serialize) -> Response<P> {
        answer::data(self.p, self.caller, status, data)
    }

    /// [`data`](Self::data) of a row of that version.
    pub fn versioned(&self, status: u16, data: impl Serialize, version: i64) -> Response<P> {
        answer::versioned(self.p, self.caller, status, data, version)
    }

    /// A page of a list; `id` is what the next page begins after.
    pub fn paged<T: Serialize>(&self, page: Page, items: Vec<T>, id: impl Fn(&T) -> String) -> Response<P> {
        let next = items.last().filter(|_| items.len() == page.limit as usize).map(id);
        answer::page(self.p, self.caller, items, next, page.limit)
    }

    /// Tells the edges what became void, once the caller has been answered.
    pub fn push(&self) {
        push::soon(self.p, self.secrets, self.tenant);
    }
}
