//! `/account/security`: what somebody logs in with. What the page shows its script asks of the API.

use aw_origin_pages::page;
use aw_pages::{SCRIPT_POLICY, SecurityPage, security_page};
use aw_platform::{
    ApiError, Response, SqlPlatform,
    http::{HeaderValue, Method, StatusCode, header},
};

use super::At;

/// The page; a stranger logs in first.
pub(super) fn show<P: SqlPlatform>(desk: &At<'_, P>) -> Result<Response<P>, ApiError> {
    if desk.head.method == Method::POST {
        return Err(ApiError::method_not_allowed());
    }
    if let Some(login) = desk.away(desk.here()) {
        return Ok(login);
    }
    let html = security_page(&SecurityPage { tenant_name: &desk.tenant_name });
    let mut response = page::<P>(StatusCode::OK, html);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SCRIPT_POLICY));
    Ok(response)
}
