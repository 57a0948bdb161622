//! `/subscribe` and `/account/subscription`: pages about what the origin sells.

use std::time::Duration;

use aw_edge_auth::read_form;
use aw_edge_core::{Context, Reader, Session, form, identity, local, origin, reply};
use aw_pages::{Bought, Held, Offer, SubscribePage, SubscriptionPage, leaving_page, subscribe_page, subscription_page};
use aw_platform::{ApiError, Body, Bytes, Error, Platform, Response};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use serde::{Deserialize, Serialize};

/// The longest answer of the origin, in bytes.
const ANSWER: usize = 512 * 1024;
/// How long the origin has: it asks the provider.
const PATIENCE: Duration = Duration::from_secs(25);

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

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

#[derive(Deserialize)]
struct Address {
    url: Option<String>,
}

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
#[serde(rename_all = "camelCase")]
struct Checkout<'a> {
    plan_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    coupon: Option<&'a str>,
    gift: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_to: Option<&'a str>,
}

#[derive(Serialize)]
struct Code<'a> {
    code: &'a str,
}

#[derive(Deserialize)]
struct Refusal {
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    message: String,
}

/// What the origin says: data, or a status and a sentence for the reader.
type Said<T> = Result<T, (StatusCode, String)>;

/// Asks the origin as the reader.
///
/// # Errors
/// 503 where it cannot be asked, or fails.
async fn ask<P: Platform, T: for<'de> Deserialize<'de>>(
    ctx: &Context<P>,
    method: Method,
    path: &str,
    json: Option<Bytes>,
) -> Result<Said<T>, ApiError> {
    let unavailable = |error: Error| {
        ctx.call.note(error);
        ApiError::unavailable("this cannot be done now; try again soon", 5)
    };
    let request = http::Request::builder().method(method).uri(path).body(());
    let (mut head, ()) = request.map_err(|_| Error::internal("a path to the origin"))?.into_parts();
    if json.is_some() {
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    identity::set(ctx, &mut head.headers);
    let answer = origin::send(&ctx.call, head, json.unwrap_or_default(), PATIENCE).await.map_err(unavailable)?;
    let status = answer.status();
    let body = answer.into_body().bytes(ANSWER).await.map_err(unavailable)?;
    if status.is_success() {
        let data = serde_json::from_slice::<Data<T>>(&body);
        return Ok(Ok(data.map_err(|e| unavailable(Error::internal(format!("{path}: {e}"))))?.data));
    }
    if status.is_server_error() && status != StatusCode::BAD_GATEWAY {
        return Err(unavailable(Error::upstream(format!("{path} answers {status}"))));
    }
    let why =
        serde_json::from_slice(&body).map_or_else(|_| "That did not work".to_owned(), |r: Refusal| r.error.message);
    Ok(Err((status, why)))
}

/// The reader; else the path where a browser goes to become one.
fn reader<'a, P: Platform>(ctx: &'a Context<P>, here: &str) -> Result<&'a Reader, String> {
    let next = form::escape(here);
    match &ctx.session {
        Session::Reader(reader) => Ok(reader),
        Session::Stale(_) => Err(format!("/v1/auth/continue?next={next}")),
        Session::Stranger => Err(format!("/login?next={next}")),
    }
}

/// `GET /subscribe?tier=&book=&next=`: what can be bought, or what of it opens that tier or book.
pub(crate) async fn offers<P: Platform>(ctx: &Context<P>, head: &Parts) -> Result<Response<P>, ApiError> {
    let query = head.uri.query().unwrap_or_default().as_bytes();
    let wanted = [("tier", "tier:"), ("book", "book:")];
    let wanted: Vec<String> =
        wanted.iter().filter_map(|(name, kind)| Some(format!("{kind}{}", form::field(query, name)?))).collect();
    if matches!(ctx.session, Session::Stale(_)) {
        let here = head.uri.path_and_query().map_or("/subscribe", |path| path.as_str());
        return Ok(reply::see_other::<P>(&format!("/v1/auth/continue?next={}", form::escape(here))));
    }
    let next = form::field(query, "next").unwrap_or_default();
    let here = head.uri.path_and_query().map_or("/subscribe", |path| path.as_str());
    show_offers(ctx, &wanted, here, local::or_home(&next), None).await
}

async fn show_offers<P: Platform>(
    ctx: &Context<P>,
    wanted: &[String],
    here: &str,
    next: &str,
    error: Option<(StatusCode, String)>,
) -> Result<Response<P>, ApiError> {
    let plans: Said<Vec<Plan>> = ask(ctx, Method::GET, "/v1/plans?limit=100", None).await?;
    let plans = plans.map_err(|(_, why)| ApiError::unavailable(why, 5))?;
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
    let csrf = ctx.session.reader().map(Reader::csrf);
    let page = SubscribePage {
        offers: &offers,
        csrf: csrf.as_deref(),
        login: &format!("/login?next={}", form::escape(here)),
        next,
        error: error.as_ref().map(|(_, why)| why.as_str()),
        tenant_name: &ctx.site.tenant().name,
    };
    let status = error.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    Ok(reply::page::<P>(status, subscribe_page(&page)))
}

/// `POST /subscribe`: on to the provider's page.
pub(crate) async fn buy<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    body: Body<P::Body>,
) -> Result<Response<P>, ApiError> {
    let body = read_form::<P>(head, body).await?;
    let field = |name| form::field(&body, name).unwrap_or_default();
    if let Err(elsewhere) = reader(ctx, "/subscribe") {
        return Ok(reply::see_other::<P>(&elsewhere));
    }
    ctx.session.may_write(&ctx.site, head, Some(&field("csrf")))?;
    let (plan, coupon, next) = (field("plan"), field("coupon"), field("next"));
    let next = local::or_home(&next);
    let checkout = Checkout {
        plan_id: &plan,
        coupon: Some(coupon.trim()).filter(|code| !code.is_empty()),
        gift: field("gift") == "true",
        return_to: Some(next).filter(|next| *next != "/"),
    };
    match ask::<P, Address>(ctx, Method::POST, "/v1/checkouts", Some(json(&checkout))).await? {
        Ok(address) => leave(ctx, address),
        Err(refusal) => show_offers(ctx, &[], "/subscribe", next, Some(refusal)).await,
    }
}

/// Sends the browser to the provider. Not by a redirect: a form's answer may only lead to ourselves (form-action).
fn leave<P: Platform>(ctx: &Context<P>, address: Address) -> Result<Response<P>, ApiError> {
    let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    let url = address.url.filter(web).ok_or_else(|| Error::internal("the origin gave no page to pay at"))?;
    let mut response = reply::page::<P>(StatusCode::OK, leaving_page(&ctx.site.tenant().name, &url));
    reply::set(&mut response, header::REFRESH, &format!("0; url={url}"));
    Ok(response)
}

/// `GET /account/subscription`.
pub(crate) async fn account<P: Platform>(ctx: &Context<P>) -> Result<Response<P>, ApiError> {
    show_account(ctx, None).await
}

async fn show_account<P: Platform>(
    ctx: &Context<P>,
    error: Option<(StatusCode, String)>,
) -> Result<Response<P>, ApiError> {
    let reader = match reader(ctx, "/account/subscription") {
        Ok(reader) => reader,
        Err(elsewhere) => return Ok(reply::see_other::<P>(&elsewhere)),
    };
    let refused = |(_, why): (StatusCode, String)| ApiError::unavailable(why, 5);
    let mine: Mine = ask(ctx, Method::GET, "/v1/me/subscription", None).await?.map_err(refused)?;
    let purchases: Vec<Purchase> = ask(ctx, Method::GET, "/v1/me/purchases?limit=100", None).await?.map_err(refused)?;
    let day = |time: &str| time.get(..10).unwrap_or_default().to_owned();
    let days: Vec<String> = mine.subscriptions.iter().map(|s| day(&s.period_end)).collect();
    let subscriptions: Vec<Held<'_>> = mine
        .subscriptions
        .iter()
        .zip(&days)
        .map(|(s, until)| Held {
            grants: s.grants.as_deref().unwrap_or_default(),
            status: &s.status,
            until,
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
    let page = SubscriptionPage {
        subscriptions: &subscriptions,
        purchases: &purchases,
        entitlements: &entitlements,
        csrf: &reader.csrf(),
        error: error.as_ref().map(|(_, why)| why.as_str()),
        tenant_name: &ctx.site.tenant().name,
    };
    let status = error.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    Ok(reply::page::<P>(status, subscription_page(&page)))
}

/// `POST /account/subscription`: on to the provider's portal, or a gift's code.
pub(crate) async fn act<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    body: Body<P::Body>,
) -> Result<Response<P>, ApiError> {
    let body = read_form::<P>(head, body).await?;
    let field = |name| form::field(&body, name).unwrap_or_default();
    if let Err(elsewhere) = reader(ctx, "/account/subscription") {
        return Ok(reply::see_other::<P>(&elsewhere));
    }
    ctx.session.may_write(&ctx.site, head, Some(&field("csrf")))?;
    if field("do") == "redeem" {
        let code = field("code");
        let body = json(&Code { code: &code });
        return match ask::<P, serde::de::IgnoredAny>(ctx, Method::POST, "/v1/gifts/redemptions", Some(body)).await? {
            // The token has to say what was redeemed.
            Ok(_) => Ok(reply::see_other::<P>("/v1/auth/continue?next=%2Faccount%2Fsubscription")),
            Err(refusal) => show_account(ctx, Some(refusal)).await,
        };
    }
    match ask::<P, Address>(ctx, Method::POST, "/v1/portal-sessions", None).await? {
        Ok(address) => leave(ctx, address),
        Err(refusal) => show_account(ctx, Some(refusal)).await,
    }
}

/// What is made of strings alone, as JSON.
fn json(body: &impl Serialize) -> Bytes {
    serde_json::to_vec(body).unwrap_or_default().into()
}
