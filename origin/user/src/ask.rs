//! One request, as the routes see it.

use aw_ingress::Caller;
use aw_mail::{Transport, Worker};
use aw_origin_data::{answer, database, edges, input, push::Pusher, secrets::Secrets};
use aw_platform::{ApiError, Response, SqlPlatform, http::request::Parts};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::work;

/// A request for a tenant, and what it takes to answer it.
pub(crate) struct Ask<'a, P> {
    pub(crate) p: &'a P,
    pub(crate) secrets: &'a Secrets,
    pub(crate) caller: &'a Caller,
    pub(crate) tenant: &'a str,
    pub(crate) head: &'a Parts,
    pub(crate) body: &'a [u8],
}

impl<P: SqlPlatform> Ask<'_, P> {
    /// A connection to the tenant's database.
    pub(crate) async fn sql(&self) -> Result<P::Sql, ApiError> {
        database::tenant(self.p, self.tenant).await
    }

    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        input::json(&self.head.headers, self.body)
    }

    /// The id of the account that asks.
    ///
    /// # Errors
    /// 401 for a stranger; 403 `AUTH_ACCOUNT_REQUIRED` for the operator, who has none.
    pub(crate) fn account(&self) -> Result<&str, ApiError> {
        let user = self.caller.require_user()?;
        if user.len() == 36 && user.parse::<Uuid>().is_ok() {
            return Ok(user);
        }
        Err(ApiError::new(403, "AUTH_ACCOUNT_REQUIRED", "only an account may do this"))
    }

    /// `data` in the envelope.
    pub(crate) fn data(&self, status: u16, data: impl Serialize) -> Response<P> {
        answer::data(self.p, self.caller, status, data)
    }

    /// Tells the edges what became void, once the caller has been answered.
    pub(crate) fn push(&self) {
        let (platform, secrets, tenant) = (self.p.clone(), self.secrets.clone(), self.tenant.to_owned());
        self.p.wait_until(async move {
            // What fails here is in the outbox still.
            let Ok(edges) = edges::configured(&platform).await else { return };
            let pusher = Pusher { platform: &platform, secrets: &secrets, edges: &edges, blobs: None };
            let _ = pusher.run_tenant(&tenant).await;
        });
    }

    /// Does what this request left to be done (mail, links that were asked for), once the caller has been answered.
    pub(crate) fn work(&self) {
        let (platform, tenant) = (self.p.clone(), self.tenant.to_owned());
        self.p.wait_until(async move {
            // What fails here is in the database still, and the next run does it.
            let Ok(transport) = Transport::configured(&platform).await else { return };
            let mut worker = Worker::new(&platform, &transport);
            let _ = work::tenant(&platform, &mut worker, &tenant).await;
        });
    }
}
