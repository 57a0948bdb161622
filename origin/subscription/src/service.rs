//! The service.

use aw_ingress::{Caller, Need, Ready, Service, is_below};
use aw_origin_data::{edges, ready, secrets::Secrets};
use aw_origin_pages::Api;
use aw_platform::{
    ApiError, Path, Response, Result, SqlPlatform,
    http::{self, Method},
};
use bytes::Bytes;

use crate::{
    ask::Ask,
    catalogue::{comps, coupons, gifts, plans, tiers},
    checkout, credits, mine, pages, payouts, provider, reconcile, webhook, work,
};

/// What is sold, what was paid and what that entitles to.
#[derive(Clone, Debug)]
pub struct Subscription {
    secrets: Secrets,
}

/// The routes that are this service's, each with what is below it: as authorworks.toml has them.
const ROUTES: [&str; 23] = [
    "/v1/tiers",
    "/v1/plans",
    "/v1/coupons",
    "/v1/gifts",
    "/v1/comps",
    "/v1/checkouts",
    "/v1/portal-sessions",
    "/v1/payment-provider",
    "/v1/subscriptions",
    "/v1/payouts",
    "/v1/payout-rules",
    "/v1/credits",
    "/v1/webhooks/payments",
    "/v1/me/subscription",
    "/v1/me/purchases",
    "/v1/me/invoices",
    "/v1/me/credits",
    "/v1/me/payouts",
    "/_aw/work/subscription",
    "/_aw/pages/subscribe",
    "/_aw/pages/account/subscription",
    "/health/subscription",
    "/ready/subscription",
];

impl Subscription {
    /// Whether a route is this service's.
    pub fn has(path: &str) -> bool {
        is_below(path, &ROUTES)
    }
}

impl<P: SqlPlatform> Service<P> for Subscription {
    const NAMES: &'static [&'static str] = &["subscription"];

    async fn build(platform: &P) -> Result<Self> {
        // Read for its faults: what is wrong with it is said when the program starts.
        edges::configured(platform).await?;
        Ok(Self { secrets: Secrets::read(platform).await? })
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        let (head, body) = request.into_parts();
        let path = Path::parse(head.uri.path())?;
        if let ["_aw", "work", "subscription"] = path.segments().as_slice() {
            return work::route(platform, &self.secrets, caller, &head.method).await;
        }
        if let ["_aw", "pages", page @ ..] = path.segments().as_slice() {
            return pages::route((platform, caller, self), (&head, &body), page).await;
        }
        self.api(platform, caller, http::Request::from_parts(head, body)).await
    }

    fn max_body(_: &Method, path: &str) -> usize {
        match path.trim_end_matches('/') {
            // An event tells an object whole: an invoice with all its lines.
            "/v1/webhooks/payments" => 1024 * 1024,
            _ => 64 * 1024,
        }
    }

    async fn ready(&self, platform: &P, _: &str, ready: &mut Ready) {
        ready::databases(platform, ready).await;
        if ready.has(Need::Migrations) {
            ready.look(Need::Payments, async || provider::usable(platform, &self.secrets).await).await;
        }
    }
}

impl<P: SqlPlatform> Api<P> for Subscription {
    async fn api(&self, platform: &P, caller: &Caller, request: http::Request<Bytes>) -> Result<Response<P>, ApiError> {
        let (head, body) = request.into_parts();
        let path = Path::parse(head.uri.path())?;
        let tenant = caller.require_tenant()?;
        let ask = &Ask { p: platform, secrets: &self.secrets, caller, tenant, head: &head, body: &body };
        match path.segments().as_slice() {
            ["v1", "tiers", rest @ ..] => tiers::route(ask, rest).await,
            ["v1", "plans", rest @ ..] => plans::route(ask, rest).await,
            ["v1", "coupons", rest @ ..] => coupons::route(ask, rest).await,
            ["v1", "gifts", rest @ ..] => gifts::route(ask, rest).await,
            ["v1", "comps", rest @ ..] => comps::route(ask, rest).await,
            ["v1", "checkouts", rest @ ..] => checkout::route(ask, rest).await,
            ["v1", "portal-sessions", rest @ ..] => checkout::portal(ask, rest).await,
            ["v1", "payment-provider", rest @ ..] => provider::route(ask, rest).await,
            ["v1", "webhooks", "payments"] => webhook::route(ask).await,
            ["v1", "subscriptions"] => mine::all(ask).await,
            ["v1", "subscriptions", "reconciliations"] => reconcile::route(ask).await,
            ["v1", "payouts", rest @ ..] => payouts::statements(ask, rest).await,
            ["v1", "payout-rules", rest @ ..] => payouts::rules(ask, rest).await,
            ["v1", "credits", rest @ ..] => credits::route(ask, rest).await,
            ["v1", "me", "credits"] => credits::mine(ask).await,
            ["v1", "me", "payouts", rest @ ..] => payouts::mine(ask, rest).await,
            ["v1", "me", what @ ("subscription" | "purchases" | "invoices")] => mine::route(ask, what).await,
            _ => Err(ApiError::not_found("there is no such page")),
        }
    }
}
