//! What a page is made with.

use aw_ingress::Caller;
use aw_model::names::{self, CONTROL_DB};
use aw_origin_data::tenants;
use aw_pages::{ErrorPage, error_page, form};
use aw_platform::{
    ApiError, Body, Bytes, Error, Response, SqlPlatform,
    http::{self, HeaderValue, Method, StatusCode, header, request::Parts},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{page, said::Said, see_other};

/// The longest answer of a route, in bytes.
const ANSWER: usize = 512 * 1024;

/// A service's own routes, below `/v1`.
pub trait Api<P: SqlPlatform> {
    /// Answers as the service does.
    ///
    /// # Errors
    /// As the service.
    async fn api(&self, platform: &P, caller: &Caller, request: http::Request<Bytes>) -> Result<Response<P>, ApiError>;
}

/// A request for a page, and the service that knows what is shown.
pub struct Desk<'a, P: SqlPlatform, S> {
    /// The platform.
    pub p: &'a P,
    /// Who asks.
    pub caller: &'a Caller,
    /// The request's head.
    pub head: &'a Parts,
    /// The form that was sent; empty for a look.
    pub form: &'a Bytes,
    /// The tenant's name.
    pub tenant_name: String,
    service: &'a S,
}

impl<'a, P: SqlPlatform, S: Api<P>> Desk<'a, P, S> {
    /// Answers a request for a page as `make` does; what goes wrong is told on a page too.
    ///
    /// # Errors
    /// The request names no tenant that there is.
    pub async fn answer(
        (p, caller, service): (&'a P, &'a Caller, &'a S),
        (head, form): (&'a Parts, &'a Bytes),
        make: impl AsyncFnOnce(&Self) -> Result<Response<P>, ApiError>,
    ) -> Result<Response<P>, ApiError> {
        let tenant_name = tenants::get(&p.sql(CONTROL_DB).await?, caller.require_tenant()?).await?.name;
        let desk = Self { p, caller, head, form, tenant_name, service };
        match make(&desk).await {
            Ok(response) => Ok(response),
            Err(error) => {
                let html = error_page(&ErrorPage {
                    status: error.status(),
                    message: error.message(),
                    request_id: &caller.request_id,
                    tenant_name: &desk.tenant_name,
                });
                let mut response = page::<P>(StatusCode::OK, html);
                error.decorate(&mut response);
                Ok(response)
            }
        }
    }

    /// The token for the forms on the page; empty where no edge asks.
    pub fn csrf(&self) -> &'a str {
        self.head.headers.get(names::header::CSRF).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A field of the form; empty where there is none.
    pub fn field(&self, name: &str) -> String {
        form::field(self.form, name).unwrap_or_default()
    }

    /// The value of `name` in the query.
    pub fn query(&self, name: &str) -> Option<String> {
        form::field(self.head.uri.query().unwrap_or_default().as_bytes(), name)
    }

    /// The path and query that the browser asked for.
    pub fn here(&self) -> &str {
        let asked = self.head.uri.path_and_query().map_or("/", |path| path.as_str());
        asked.strip_prefix(names::PAGES).unwrap_or(asked)
    }

    /// Where a stranger logs in and comes back to `next` from; `None` for who is logged in.
    pub fn away(&self, next: &str) -> Option<Response<P>> {
        let login = || see_other::<P>(&format!("/login?next={}", form::escape(next)));
        self.caller.user.is_none().then(login)
    }

    /// Asks the service as the reader, without a body.
    ///
    /// # Errors
    /// The service fails.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Said<T>, ApiError> {
        self.ask(Method::GET, path, Bytes::new()).await
    }

    /// Asks the service as the reader, with a JSON body.
    ///
    /// # Errors
    /// The service fails.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, json: &impl Serialize) -> Result<Said<T>, ApiError> {
        let json = serde_json::to_vec(json).map_err(|e| Error::internal(format!("{path}: {e}")))?;
        self.ask(Method::POST, path, json.into()).await
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str, body: Bytes) -> Result<Said<T>, ApiError> {
        let mut request = http::Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().map_err(|_| Error::internal(format!("{path}: no path")))?;
        if let Some(browser) = self.head.headers.get(header::USER_AGENT) {
            request.headers_mut().insert(header::USER_AGENT, browser.clone());
        }
        if !request.body().is_empty() {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        let response = match self.service.api(self.p, self.caller, request).await {
            Ok(response) => response,
            Err(error) => return Said::refused(error),
        };
        let body: Body<P::Body> = response.into_body();
        Said::read(&body.bytes(ANSWER).await?).map_err(|e| Error::internal(format!("{path}: {e}")).into())
    }
}
