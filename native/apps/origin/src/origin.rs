//! All the origin's services behind one door.

use aw_ingress::{Caller, Service};
use aw_origin_content::Content;
use aw_origin_subscription::Subscription;
use aw_origin_user::User;
use aw_platform::{ApiError, Bytes, Response, Result, SqlPlatform, http};

/// The origin, each route at the service that has it.
#[derive(Debug)]
pub(crate) struct Origin {
    user: User,
    subscription: Subscription,
    content: Content,
}

impl<P: SqlPlatform> Service<P> for Origin {
    async fn build(platform: &P) -> Result<Self> {
        let user = <User as Service<P>>::build(platform).await?;
        let subscription = <Subscription as Service<P>>::build(platform).await?;
        Ok(Self { user, subscription, content: <Content as Service<P>>::build(platform).await? })
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        if aw_origin_user::is_route(request.uri().path()) {
            return self.user.handle(platform, caller, request).await;
        }
        if Subscription::has(request.uri().path()) {
            return self.subscription.handle(platform, caller, request).await;
        }
        self.content.handle(platform, caller, request).await
    }

    fn max_body(method: &http::Method, path: &str) -> usize {
        if aw_origin_user::is_route(path) {
            return <User as Service<P>>::max_body(method, path);
        }
        if Subscription::has(path) {
            return <Subscription as Service<P>>::max_body(method, path);
        }
        <Content as Service<P>>::max_body(method, path)
    }

    async fn ready(&self, platform: &P) -> Result<(), ApiError> {
        self.content.ready(platform).await
    }
}
