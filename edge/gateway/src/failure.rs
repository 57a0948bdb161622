//! A failure on its way to whoever asked.

use aw_edge_core::{Call, reply};
use aw_pages::{ErrorPage, error_page};
use aw_platform::{ApiError, Platform, Response};
use http::{StatusCode, header};

/// An error, and whether a person or a program is told.
pub(crate) struct Failure {
    /// The error.
    pub(crate) error: ApiError,
    /// The tenant's name, where it is told as a page.
    pub(crate) page: Option<String>,
    /// The methods that would do, on a 405.
    pub(crate) allow: Option<&'static str>,
}

impl From<ApiError> for Failure {
    /// For a program.
    fn from(error: ApiError) -> Self {
        Self { error, page: None, allow: None }
    }
}

impl Failure {
    /// 405, with the methods that would do.
    pub(crate) fn method(allow: &'static str) -> Self {
        Self { error: ApiError::method_not_allowed(), page: None, allow: Some(allow) }
    }

    /// The same, told on a page of that tenant's.
    pub(crate) fn on_page(self, tenant_name: &str) -> Self {
        Self { page: Some(tenant_name.to_owned()), ..self }
    }

    /// The page or the envelope.
    pub(crate) fn into_response<P: Platform>(self, call: &Call<P>) -> Response<P> {
        let allow = self.allow;
        let mut response = self.render(call);
        if let Some(allow) = allow {
            reply::set(&mut response, header::ALLOW, allow);
        }
        response
    }

    fn render<P: Platform>(self, call: &Call<P>) -> Response<P> {
        let Some(tenant_name) = self.page else { return self.error.into_response(&call.id) };
        let html = error_page(&ErrorPage {
            status: self.error.status(),
            message: self.error.message(),
            request_id: &call.id,
            tenant_name: &tenant_name,
        });
        let mut response = reply::page::<P>(StatusCode::OK, html);
        self.error.decorate(&mut response);
        response
    }
}
