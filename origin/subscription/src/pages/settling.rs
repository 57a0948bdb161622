//! `/subscribe?checkout=ID&next=PATH`: where the provider sends the browser back to. It may be faster than the provider's
//! word of the payment: who has paid must not stand before the wall once more.

use aw_origin_pages::{page, see_other};
use aw_pages::{form, local, settling_page};
use aw_platform::{
    ApiError, Response, SqlPlatform,
    http::{HeaderValue, StatusCode, header},
};
use serde::Deserialize;

use super::At;

/// How often the page looks again by itself, a second apart.
const LOOKS: u32 = 30;

#[derive(Deserialize)]
struct Checkout {
    granted: bool,
}

/// Through a refresh of the session, so that the reader's token says what was bought, and on to `next`; until it is
/// the reader's, a page that looks again.
pub(super) async fn show<P: SqlPlatform>(desk: &At<'_, P>, id: &str) -> Result<Response<P>, ApiError> {
    if let Some(login) = desk.away(desk.here()) {
        return Ok(login);
    }
    let next = desk.query("next").unwrap_or_default();
    let next = form::escape(local::or_home(&next));
    let id = form::escape(id);
    let checkout: Checkout = desk.get(&format!("/v1/checkouts/{id}")).await?.data()?;
    if checkout.granted {
        return Ok(see_other::<P>(&format!("/v1/auth/continue?next={next}")));
    }
    let looks = desk.query("looks").and_then(|looks| looks.parse().ok()).unwrap_or(0).min(LOOKS);
    let again = format!("/subscribe?checkout={id}&next={next}&looks={}", looks + 1);
    let mut response = page::<P>(StatusCode::OK, settling_page(&desk.tenant_name, &again));
    if looks < LOOKS
        && let Ok(refresh) = HeaderValue::from_str(&format!("1; url={again}"))
    {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    Ok(response)
}
