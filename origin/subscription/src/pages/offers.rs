//! `/subscribe`: what can be bought.

use aw_origin_pages::{Said, page};
use aw_pages::{Offer, SubscribePage, form, local, subscribe_page};
use aw_platform::{ApiError, Response, SqlPlatform, http::StatusCode};
use serde::{Deserialize, Serialize};

use super::{Address, At, leave};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    id: String,
    name: String,
    description: String,
    grants: String,
    interval: String,
    amount: i64,
    currency: String,
    trial_days: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checkout<'a> {
    plan_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    coupon: Option<&'a str>,
    gift: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_to: Option<&'a str>,
}

/// `GET /subscribe?tier=&book=&next=`: what can be bought, or what of it opens that tier or book.
pub(super) async fn show<P: SqlPlatform>(desk: &At<'_, P>) -> Result<Response<P>, ApiError> {
    let wanted = [("tier", "tier:"), ("book", "book:")];
    let wanted: Vec<String> =
        wanted.iter().filter_map(|(name, kind)| Some(format!("{kind}{}", desk.query(name)?))).collect();
    let next = desk.query("next").unwrap_or_default();
    offer(desk, &wanted, local::or_home(&next), None).await
}

/// `POST /subscribe`: on to the provider's page.
pub(super) async fn buy<P: SqlPlatform>(desk: &At<'_, P>) -> Result<Response<P>, ApiError> {
    if let Some(login) = desk.away("/subscribe") {
        return Ok(login);
    }
    let (plan, coupon, next) = (desk.field("plan"), desk.field("coupon"), desk.field("next"));
    let next = local::or_home(&next);
    let checkout = Checkout {
        plan_id: &plan,
        coupon: Some(coupon.trim()).filter(|code| !code.is_empty()),
        gift: desk.field("gift") == "true",
        return_to: Some(next).filter(|next| *next != "/"),
    };
    match desk.post::<Address>("/v1/checkouts", &checkout).await? {
        Said::Data(address) => leave(desk, address),
        Said::Refused(refusal) => offer(desk, &[], next, Some(&refusal)).await,
    }
}

async fn offer<P: SqlPlatform>(
    desk: &At<'_, P>,
    wanted: &[String],
    next: &str,
    error: Option<&ApiError>,
) -> Result<Response<P>, ApiError> {
    let plans: Vec<Plan> = desk.get("/v1/plans?limit=100").await?.data()?;
    let matching: Vec<&Plan> = plans.iter().filter(|plan| wanted.contains(&plan.grants)).collect();
    let shown = if matching.is_empty() { plans.iter().collect() } else { matching };
    let offers: Vec<Offer<'_>> = shown
        .iter()
        .map(|plan| Offer {
            id: &plan.id,
            name: &plan.name,
            description: &plan.description,
            interval: &plan.interval,
            amount: plan.amount,
            currency: &plan.currency,
            trial_days: plan.trial_days,
        })
        .collect();
    let html = subscribe_page(&SubscribePage {
        offers: &offers,
        csrf: desk.caller.user.is_some().then(|| desk.csrf()),
        login: &format!("/login?next={}", form::escape(desk.here())),
        next,
        error: error.map(ApiError::message),
        tenant_name: &desk.tenant_name,
    });
    let mut response = page::<P>(StatusCode::OK, html);
    if let Some(error) = error {
        error.decorate(&mut response);
    }
    Ok(response)
}
