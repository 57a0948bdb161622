//! One request of somebody who writes, as the routes see it.

use aw_ingress::Caller;
use aw_origin_data::{
    answer, database,
    idempotency::{self, Answer, Once},
    input::{self, Match, Page},
};
use aw_platform::{ApiError, Response, SqlPlatform, http::request::Parts};
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use crate::service::Content;

/// A request for a tenant.
pub(crate) struct Ask<'a, P> {
    pub(crate) p: &'a P,
    pub(crate) service: &'a Content,
    pub(crate) caller: &'a Caller,
    pub(crate) tenant: &'a str,
    pub(crate) head: &'a Parts,
    pub(crate) body: &'a Bytes,
}

impl<P: SqlPlatform> Ask<'_, P> {
    /// A connection to the tenant's database.
    ///
    /// # Errors
    /// 404 `TENANT_NOT_FOUND`; the server cannot be reached.
    pub(crate) async fn sql(&self) -> Result<P::Sql, ApiError> {
        database::tenant(self.p, self.tenant).await
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 415, 400.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        input::json(&self.head.headers, self.body)
    }

    /// A value of the query.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        input::query(self.head.uri.query(), name)
    }

    /// Which page of a list is asked for.
    ///
    /// # Errors
    /// 400.
    pub(crate) fn page(&self) -> Result<Page, ApiError> {
        Page::from_query(self.head.uri.query())
    }

    /// The version that must be there: `If-Match`.
    ///
    /// # Errors
    /// 428 without it.
    pub(crate) fn expected(&self) -> Result<Match, ApiError> {
        Match::required(&self.head.headers)
    }

    /// Runs `work` in a transaction, once for all requests with the same `Idempotency-Key`, and answers with what it
    /// gives.
    ///
    /// # Errors
    /// `work`'s; 422 for a key that came with another request.
    pub(crate) async fn once(
        &self,
        work: impl AsyncFnOnce(&P::Sql) -> Result<Answer, ApiError>,
    ) -> Result<Response<P>, ApiError> {
        let target = self.head.uri.path_and_query().map_or("", |p| p.as_str());
        let parts = [self.head.method.as_str().as_bytes(), target.as_bytes(), self.body];
        let once = Once::from_headers(&self.head.headers, input::actor(self.caller), &parts)?;
        let (status, data) = idempotency::run(&self.sql().await?, once.as_ref(), work).await?;
        Ok(self.data(status, data))
    }

    /// Answers with data.
    pub(crate) fn data(&self, status: u16, data: impl Serialize) -> Response<P> {
        answer::data(self.p, self.caller, status, data)
    }

    /// Answers with the data of a version.
    pub(crate) fn versioned(&self, status: u16, data: impl Serialize, version: i64) -> Response<P> {
        answer::versioned(self.p, self.caller, status, data, version)
    }

    /// Answers with a page of a list; `id` is what the next page begins after.
    pub(crate) fn paged<T: Serialize>(&self, page: Page, items: Vec<T>, id: impl Fn(&T) -> String) -> Response<P> {
        let next = items.last().filter(|_| items.len() == page.limit as usize).map(id);
        answer::page(self.p, self.caller, items, next, page.limit)
    }
}
