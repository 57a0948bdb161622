//! `/subscribe` and `/account/subscription`: pages that need no JavaScript.

mod account;
mod offers;
mod settling;

use aw_ingress::Caller;
use aw_origin_pages::{Desk, page};
use aw_pages::leaving_page;
use aw_platform::{
    ApiError, Error, Response, SqlPlatform,
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
};
use bytes::Bytes;
use serde::Deserialize;

use crate::service::Subscription;

type At<'a, P> = Desk<'a, P, Subscription>;

/// Makes the page at `path`.
///
/// # Errors
/// There is no such tenant.
pub(crate) async fn route<P: SqlPlatform>(
    (p, caller, service): (&P, &Caller, &Subscription),
    (head, form): (&Parts, &Bytes),
    path: &[&str],
) -> Result<Response<P>, ApiError> {
    Desk::answer((p, caller, service), (head, form), async |desk: &At<'_, P>| match (path, &head.method) {
        (["subscribe"], &Method::POST) => offers::buy(desk).await,
        (["subscribe"], _) => match desk.query("checkout") {
            Some(id) => settling::show(desk, &id).await,
            None => offers::show(desk).await,
        },
        (["account", "subscription"], &Method::POST) => account::act(desk).await,
        (["account", "subscription"], _) => account::show(desk, None).await,
        _ => Err(ApiError::not_found("there is no such page")),
    })
    .await
}

/// Where the provider has a page for the reader.
#[derive(Deserialize)]
struct Address {
    url: Option<String>,
}

/// Sends the browser to the provider. Not by a redirect: a form's answer may only lead to ourselves (form-action).
fn leave<P: SqlPlatform>(desk: &At<'_, P>, address: Address) -> Result<Response<P>, ApiError> {
    let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    let url = address.url.filter(web).ok_or_else(|| Error::internal("the provider gave no page to pay at"))?;
    let mut response = page::<P>(StatusCode::OK, leaving_page(&desk.tenant_name, &url));
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={url}")) {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    Ok(response)
}
