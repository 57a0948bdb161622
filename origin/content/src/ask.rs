//! One request of somebody who writes, as the routes see it.

use std::ops::Deref;

use aw_origin_data::ask;
use aw_platform::SqlPlatform;

use crate::service::Content;

/// A request for a tenant, and the service that answers it.
pub(crate) struct Ask<'a, P> {
    pub(crate) service: &'a Content,
    pub(crate) ask: ask::Ask<'a, P>,
}

impl<'a, P> Deref for Ask<'a, P> {
    type Target = ask::Ask<'a, P>;

    fn deref(&self) -> &ask::Ask<'a, P> {
        &self.ask
    }
}

impl<P: SqlPlatform> Ask<'_, P> {
    /// Brings what was published to the edges, objects too, once the caller has been answered.
    pub(crate) fn push(&self) {
        self.service.push(self.p, self.tenant);
    }
}
