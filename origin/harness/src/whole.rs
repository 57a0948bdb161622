//! The origin's services behind one door, as an edge reaches them; and a real edge in front of it.

use aw_ingress::{Caller, Service};
use aw_origin_content::Content;
use aw_origin_subscription::Subscription;
use aw_origin_user::User;
use aw_platform::{ApiError, Bytes, Response, Result, SqlPlatform, http};

/// All services.
pub(crate) struct Whole {
    user: User,
    subscription: Subscription,
    content: Content,
}

pub(crate) fn is_user(path: &str) -> bool {
    path.starts_with("/v1/auth/") || path.starts_with("/v1/users")
}

impl<P: SqlPlatform> Service<P> for Whole {
    async fn build(platform: &P) -> Result<Self> {
        Ok(Self {
            user: <User as Service<P>>::build(platform).await?,
            subscription: <Subscription as Service<P>>::build(platform).await?,
            content: <Content as Service<P>>::build(platform).await?,
        })
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        match request.uri().path() {
            path if Subscription::has(path) => self.subscription.handle(platform, caller, request).await,
            path if is_user(path) => self.user.handle(platform, caller, request).await,
            _ => self.content.handle(platform, caller, request).await,
        }
    }

    fn max_body(method: &http::Method, path: &str) -> usize {
        <Content as Service<P>>::max_body(method, path).max(1 << 20)
    }
}
