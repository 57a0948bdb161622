//! An edge in front of the whole origin, as readers and browsers meet it.

use std::net::SocketAddr;

use aw_gateway::Gateway;
use aw_ingress::{Caller, Ingress, Service};
use aw_model::names;
use aw_native::{Running, Settings, serve};
use aw_origin_content::Content;
use aw_origin_storage::Storage;
use aw_origin_user::User;
use aw_platform::{ApiError, Bytes, Response, Result, SqlPlatform, http};

/// The native edge and the origin's services in one program behind it.
pub struct Site {
    edge: Running,
    _origin: Running,
}

impl Site {
    /// With the settings of an origin.
    pub(crate) fn new(origin: &Settings, edge_key: &str, authority: &str) -> Self {
        let whole = serve::<Ingress<Whole>>(origin.clone()).expect("the origin");
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let settings = Settings {
            threads: 2,
            backends: pairs(&[(names::ORIGIN, &format!("http://{}", whole.addr()))]),
            config: pairs(&[(names::EDGE_NAME, "eu"), (names::ORIGIN_AUTHORITY, authority)]),
            secrets: pairs(&[(names::EDGE_KEY, edge_key)]).into(),
            stores: vec![names::STORE.into()],
            ..Settings::default()
        };
        Self { edge: serve::<Gateway>(settings).expect("the edge"), _origin: whole }
    }

    /// Where the edge is. It knows a tenant by `Host`: `TENANT.localhost`.
    pub fn addr(&self) -> SocketAddr {
        self.edge.addr()
    }
}

/// The origin's services behind one door.
struct Whole {
    user: User,
    content: Content,
    storage: Storage,
}

/// Which service has a route.
pub(crate) enum At {
    User,
    Content,
    Storage,
}

/// The service that has the route of a path.
pub(crate) fn at(path: &str) -> At {
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
    match () {
        () if begins(&["/v1/auth/", "/v1/users"]) => At::User,
        () if Storage::has(path.split('?').next().unwrap_or_default()) => At::Storage,
        () => At::Content,
    }
}

impl<P: SqlPlatform> Service<P> for Whole {
    async fn build(p: &P) -> Result<Self> {
        Ok(Self {
            user: <User as Service<P>>::build(p).await?,
            content: <Content as Service<P>>::build(p).await?,
            storage: <Storage as Service<P>>::build(p).await?,
        })
    }

    async fn handle(&self, p: &P, caller: &Caller, request: http::Request<Bytes>) -> Result<Response<P>, ApiError> {
        match at(request.uri().path()) {
            At::User => self.user.handle(p, caller, request).await,
            At::Content => self.content.handle(p, caller, request).await,
            At::Storage => self.storage.handle(p, caller, request).await,
        }
    }

    fn max_body(method: &http::Method, path: &str) -> usize {
        match at(path) {
            At::User => <User as Service<P>>::max_body(method, path),
            At::Content => <Content as Service<P>>::max_body(method, path),
            At::Storage => <Storage as Service<P>>::max_body(method, path),
        }
    }
}
