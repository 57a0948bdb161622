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

/// Whether the path is one of these, or below one.
fn is_below(path: &str, prefixes: &[&str]) -> bool {
    let below = |prefix: &&str| path.strip_prefix(*prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    prefixes.iter().any(below)
}

/// Whether the route is the user service's.
fn is_user(path: &str) -> bool {
    is_below(path, &["/v1/auth", "/v1/users"])
}

/// Whether the route is the storage service's.
fn is_storage(path: &str) -> bool {
    is_below(path, &["/v1/files", "/v1/uploads", "/_aw/work/storage"])
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
        if is_storage(request.uri().path()) {
            return self.storage.handle(platform, caller, request).await;
        }
        self.content.handle(platform, caller, request).await
    }

    fn max_body(method: &http::Method, path: &str) -> usize {
        if is_user(path) {
            return <User as Service<P>>::max_body(method, path);
        }
        if is_storage(path) {
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
    use super::{is_storage, is_user};

    #[test]
    fn routes_go_where_they_belong() {
        assert!(is_user("/v1/users") && is_user("/v1/auth/login"));
        assert!(is_storage("/v1/files") && is_storage("/v1/uploads/x") && is_storage("/_aw/work/storage"));
        assert!(!is_storage("/v1/filesystem") && !is_storage("/_aw/work"));
        assert!(!is_user("/v1/usersx") && !is_user("/v1/books/users") && !is_user("/_aw/push"));
    }
}
