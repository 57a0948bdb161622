//! One request, as the routes see it.

use aw_ingress::Caller;
use aw_origin_data::{answer, database, input, secrets::Secrets};
use aw_platform::{ApiError, Response, SqlPlatform, http::request::Parts};
use serde::{Serialize, de::DeserializeOwned};

/// Who may see what happens, and say who is told.
pub(crate) const KEEPERS: [&str; 2] = ["owner", "admin"];

/// A request of a tenant's keeper.
pub(crate) struct Ask<'a, P> {
    pub(crate) p: &'a P,
    pub(crate) secrets: &'a Secrets,
    pub(crate) caller: &'a Caller,
    pub(crate) tenant: &'a str,
    pub(crate) head: &'a Parts,
    pub(crate) body: &'a [u8],
}

impl<P: SqlPlatform> Ask<'_, P> {
    /// The tenant's database.
    pub(crate) async fn sql(&self) -> Result<P::Sql, ApiError> {
        database::tenant(self.p, self.tenant).await
    }

    /// The value of `name` in the query.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        input::query(self.head.uri.query(), name)
    }

    /// The body.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        input::json(&self.head.headers, self.body)
    }

    /// The caller's name in the audit trail.
    pub(crate) fn actor(&self) -> &str {
        input::actor(self.caller)
    }

    /// `data` in the envelope.
    pub(crate) fn data(&self, status: u16, data: impl Serialize) -> Response<P> {
        answer::data(self.p, self.caller, status, data)
    }

    /// [`data`](Self::data) of a row of that version.
    pub(crate) fn versioned(&self, status: u16, data: impl Serialize, version: i64) -> Response<P> {
        answer::versioned(self.p, self.caller, status, data, version)
    }
}
