//! `/account/subscription`: what a reader has.

use aw_origin_pages::{Said, page, see_other};
use aw_pages::{Bought, Held, SubscriptionPage, subscription_page};
use aw_platform::{ApiError, Response, SqlPlatform, http::StatusCode};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{Address, At, leave};

const HERE: &str = "/account/subscription";

#[derive(Deserialize)]
struct Mine {
    entitlements: Vec<Entitlement>,
    subscriptions: Vec<Subscription>,
}

#[derive(Deserialize)]
struct Entitlement {
    entitlement: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    grants: Option<String>,
    status: String,
    period_end: String,
    cancel_at_period_end: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Purchase {
    grants: String,
    amount: i64,
    currency: String,
    gift_code: Option<String>,
    gift_redeemed_at: Option<String>,
}

#[derive(Serialize)]
struct Code<'a> {
    code: &'a str,
}

#[derive(Serialize)]
struct Nothing {}

/// `GET /account/subscription`; or again, with why the last try failed.
pub(super) async fn show<P: SqlPlatform>(desk: &At<'_, P>, error: Option<&ApiError>) -> Result<Response<P>, ApiError> {
    if let Some(login) = desk.away(HERE) {
        return Ok(login);
    }
    let mine: Mine = desk.get("/v1/me/subscription").await?.data()?;
    let purchases: Vec<Purchase> = desk.get("/v1/me/purchases?limit=100").await?.data()?;
    let subscriptions: Vec<Held<'_>> = mine
        .subscriptions
        .iter()
        .map(|s| Held {
            grants: s.grants.as_deref().unwrap_or_default(),
            status: &s.status,
            until: s.period_end.get(..10).unwrap_or_default(),
            ends: s.cancel_at_period_end || s.status == "canceled",
        })
        .collect();
    let purchases: Vec<Bought<'_>> = purchases
        .iter()
        .map(|p| Bought {
            grants: &p.grants,
            amount: p.amount,
            currency: &p.currency,
            code: p.gift_code.as_deref(),
            redeemed: p.gift_redeemed_at.is_some(),
        })
        .collect();
    let entitlements: Vec<&str> = mine.entitlements.iter().map(|e| e.entitlement.as_str()).collect();
    let html = subscription_page(&SubscriptionPage {
        subscriptions: &subscriptions,
        purchases: &purchases,
        entitlements: &entitlements,
        csrf: desk.csrf(),
        error: error.map(ApiError::message),
        tenant_name: &desk.tenant_name,
    });
    let mut response = page::<P>(StatusCode::OK, html);
    if let Some(error) = error {
        error.decorate(&mut response);
    }
    Ok(response)
}

/// `POST /account/subscription`: on to the provider's portal, or a gift's code.
pub(super) async fn act<P: SqlPlatform>(desk: &At<'_, P>) -> Result<Response<P>, ApiError> {
    if let Some(login) = desk.away(HERE) {
        return Ok(login);
    }
    if desk.field("do") == "redeem" {
        let code = desk.field("code");
        return match desk.post::<IgnoredAny>("/v1/gifts/redemptions", &Code { code: &code }).await? {
            // The token has to say what was redeemed.
            Said::Data(_) => Ok(see_other::<P>("/v1/auth/continue?next=%2Faccount%2Fsubscription")),
            Said::Refused(refusal) => show(desk, Some(&refusal)).await,
        };
    }
    match desk.post::<Address>("/v1/portal-sessions", &Nothing {}).await? {
        Said::Data(address) => leave(desk, address),
        Said::Refused(refusal) => show(desk, Some(&refusal)).await,
    }
}
