//! All the origin's services behind one door.

use aw_ingress::{Caller, Service};
use aw_origin_content::Content;
use aw_origin_storage::Storage;
use aw_origin_user::User;
use aw_platform::{ApiError, Bytes, Response, Result, SqlPlatform, http};

/// The origin, each route at the service that has it.
#[derive(Debug)]
pub(crate) struct Origin {
    user: User,
    content: Content,
    storage: Storage,
}

/// Whether the route is the user service's.
fn is_user(path: &str) -> bool {
    ["/v1/auth", "/v1/users"]
        .iter()
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

impl<P: SqlPlatform> Service<P> for Origin {
    async fn build(platform: &P) -> Result<Self> {
        let user = <User as Service<P>>::build(platform).await?;
        let storage = <Storage as Service<P>>::build(platform).await?;
        Ok(Self { user, content: <Content as Service<P>>::build(platform).await?, storage })
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        if is_user(request.uri().path()) {
            return self.user.handle(platform, caller, request).await;
        }
        if Storage::has(request.uri().path()) {
            return self.storage.handle(platform, caller, request).await;
        }
        self.content.handle(platform, caller, request).await
    }

    fn max_body(method: &http::Method, path: &str) -> usize {
        if is_user(path) {
            return <User as Service<P>>::max_body(method, path);
        }
        if Storage::has(path) {
            return <Storage as Service<P>>::max_body(method, path);
        }
        <Content as Service<P>>::max_body(method, path)
    }

    async fn ready(&self, platform: &P) -> Result<(), ApiError> {
        self.content.ready(platform).await
    }
}

#[cfg(test)]
mod tests {
    use super::is_user;

    #[test]
    fn routes_go_where_they_belong() {
        assert!(is_user("/v1/users") && is_user("/v1/auth/login"));
        assert!(!is_user("/v1/usersx") && !is_user("/v1/books/users") && !is_user("/_aw/push"));
    }
}
