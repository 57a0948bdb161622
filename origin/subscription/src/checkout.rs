//! `/v1/checkouts` and `/v1/portal-sessions`: a reader on the way to the provider's pages.

mod session;

use aw_origin_data::{audit, idempotency};
use aw_pages::form;
use aw_platform::{ApiError, Error, Response, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    ask::{Ask, at, missing},
    catalogue::{
        coupons::{self, Coupon},
        plans::{self, Interval, Plan},
    },
    checks, entitlements, provider,
};

const INVALID: &str = "SUBSCRIPTION_CHECKOUT_INVALID";
/// How long a checkout can be completed, in seconds: the provider has half an hour at least.
const LIFE: u64 = 3600;
/// How many checkouts a reader can have open.
const OPEN: i64 = 20;

/// What a reader wants.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewCheckout {
    /// The plan that is bought.
    #[schemars(length(equal = 36))]
    plan_id: String,
    /// A coupon's code.
    #[schemars(length(max = 64))]
    coupon: Option<String>,
    /// Whether it is bought for somebody else: then what comes of it is a code, and a tier is paid once, for one month
    /// or one year.
    #[serde(default)]
    gift: bool,
    /// A local path to come back to.
    #[schemars(length(max = 512), regex(pattern = r"^/"))]
    return_to: Option<String>,
}

/// A checkout.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Checkout {
    /// Its id.
    id: String,
    /// The plan that is bought.
    plan_id: String,
    /// Whether it is bought for somebody else.
    gift: bool,
    /// The provider's page, while it is open.
    url: Option<String>,
    /// `open`, `complete` or `expired`.
    status: String,
    /// Whether what was bought is the reader's: a little after `complete`, when the provider has told of the payment.
    granted: bool,
    /// Until when it can be completed, RFC 3339.
    expires_at: String,
}

/// Where a reader wants to come back to.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewPortal {
    /// A local path to come back to.
    #[schemars(length(max = 512), regex(pattern = r"^/"))]
    return_to: Option<String>,
}

/// A session at the provider's page.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Portal {
    /// Where to send the browser.
    url: String,
}

const COLUMNS: &str = "id::text, plan::text, gift, url, \
    CASE WHEN status = 'open' AND expires_at <= now() THEN 'expired' ELSE status END, \
    (extract(epoch FROM expires_at) * 1000)::bigint, \
    CASE WHEN gift THEN status = 'complete' ELSE EXISTS (SELECT 1 FROM derived_entitlements held JOIN plans ON \
        plans.grants = held.entitlement WHERE plans.id = checkouts.plan AND held.user_id = checkouts.user_id) END";

impl Checkout {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        let status = row.text(4)?.to_owned();
        Ok(Self {
            id: row.text(0)?.to_owned(),
            plan_id: row.text(1)?.to_owned(),
            gift: row.bool(2)?,
            url: row.text_opt(3)?.filter(|_| status == "open").map(str::to_owned),
            expires_at: at(row.int(5)?),
            granted: row.bool(6)?,
            status,
        })
    }
}

/// `/v1/checkouts` and `/v1/checkouts/ID`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    let user = ask.reader()?;
    match (ask.method(), path) {
        (&Method::POST, []) => create(ask, user, ask.json()?).await,
        (&Method::GET, [id]) => {
            let none = missing("SUBSCRIPTION_CHECKOUT_NOT_FOUND");
            let statement =
                format!("SELECT {COLUMNS} FROM checkouts WHERE id = $1::text::uuid AND user_id = $2::text::uuid");
            let id = if checks::is_id(id) { *id } else { return Err(none()) };
            let row = ask.sql().await?.query_opt(&statement, &[id.into(), user.into()]).await?;
            Ok(ask.data(200, Checkout::from_row(&row.ok_or_else(none)?)?))
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// `POST /v1/portal-sessions`.
pub(crate) async fn portal<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    let user = ask.reader()?;
    if !path.is_empty() {
        return Err(ApiError::not_found("there is no such page"));
    }
    if ask.method() != Method::POST {
        return Err(ApiError::method_not_allowed());
    }
    let body: NewPortal = if ask.body.is_empty() { NewPortal::default() } else { ask.json()? };
    let back = local(body.return_to.as_deref(), "/account/subscription")?;
    let sql = ask.sql().await?;
    let known = "SELECT customer FROM payment_customers WHERE user_id = $1::text::uuid";
    let none = || ApiError::new(409, "SUBSCRIPTION_CUSTOMER_MISSING", "you have bought nothing yet");
    let row = sql.query_opt(known, &[user.into()]).await?.ok_or_else(none)?;
    #[derive(Serialize)]
    struct Form<'a> {
        customer: &'a str,
        return_url: String,
    }
    let form = Form { customer: row.text(0)?, return_url: back_url(ask, &sql, &back).await? };
    let client = provider::open(ask.press(), &sql).await?;
    let made: provider::Hosted = client.post("/v1/billing_portal/sessions", &form, None).await?;
    Ok(ask.data(201, Portal { url: made.url }))
}

/// Where the provider sends the browser back to: through a refresh of the session, so that the reader's token says
/// what has changed.
async fn back_url<P: SqlPlatform>(ask: &Ask<'_, P>, sql: &P::Sql, path: &str) -> Result<String, ApiError> {
    let base = ask.press().base_url_for(sql, ask.caller).await?;
    Ok(format!("{base}/v1/auth/continue?next={}", form::escape(path)))
}

/// A path of this site: no other site's address can look like one.
fn local(path: Option<&str>, default: &str) -> Result<String, ApiError> {
    let Some(path) = path else { return Ok(default.to_owned()) };
    let ok = path.len() <= 512
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if ok { Ok(path.to_owned()) } else { Err(checks::invalid(INVALID, "returnTo must be a path of this site")) }
}

async fn create<P: SqlPlatform>(ask: &Ask<'_, P>, user: &str, new: NewCheckout) -> Result<Response<P>, ApiError> {
    let back = local(new.return_to.as_deref(), "/account/subscription")?;
    let (once, sql) = (ask.once()?, ask.sql().await?);
    if let Some(once) = &once
        && let Some((status, data)) = once.kept(&sql).await?
    {
        return Ok(ask.data(status, data));
    }
    // No transaction is open while the provider is asked: it may take its time.
    let client = provider::open(ask.press(), &sql).await?;
    let id = uuid_v7(ask.p).to_string();
    let (plan, coupon) = sql.transaction(async |sql| prepare(sql, user, &id, &new).await).await?;
    let session = session::begin(ask, &sql, &client, (user, &id, &back), &plan, new.gift, coupon.as_ref()).await;
    let session = match session {
        Ok(session) => session,
        Err(error) => {
            // What it took of a coupon is free again.
            let expire = "UPDATE checkouts SET status = 'expired' WHERE id = $1::text::uuid";
            let _ = sql.execute(expire, &[(&id).into()]).await;
            return Err(error);
        }
    };
    let (status, data) = idempotency::run(&sql, once.as_ref(), async |sql| {
        let update = format!(
            "UPDATE checkouts SET session = $2::text, url = $3::text WHERE id = $1::text::uuid RETURNING {COLUMNS}"
        );
        let row = sql.query_opt(&update, &[(&id).into(), (&session.id).into(), (&session.url).into()]).await?;
        let row = row.ok_or_else(|| Error::internal("a checkout was there and is not"))?;
        let details = json!({ "plan": plan.id, "gift": new.gift });
        audit::record(ask.p, sql, user, "subscription.checkout.begun", &id, details).await?;
        Ok((201, serde_json::to_value(Checkout::from_row(&row)?).map_err(|e| Error::internal(e.to_string()))?))
    })
    .await?;
    Ok(ask.data(status, data))
}

/// Checks what is wanted, takes the coupon, and notes the checkout.
async fn prepare<S: Sql>(sql: &S, user: &str, id: &str, new: &NewCheckout) -> Result<(Plan, Option<Coupon>), ApiError> {
    let gone = || ApiError::new(403, "AUTH_ACCOUNT_REQUIRED", "this account is no more");
    entitlements::lock(sql, user).await?.ok_or_else(gone)?;
    let plan = plans::find(sql, &new.plan_id, "FOR SHARE").await?;
    if !plan.active {
        return Err(ApiError::new(409, "SUBSCRIPTION_PLAN_INACTIVE", "this plan can be bought no more"));
    }
    let open =
        "SELECT count(*) FROM checkouts WHERE user_id = $1::text::uuid AND status = 'open' AND expires_at > now()";
    if sql.query_opt(open, &[user.into()]).await?.map_or(Ok(0), |row| row.int(0))? >= OPEN {
        let why = "you have begun to pay too often: wait until what is open has expired";
        return Err(ApiError::new(429, "SUBSCRIPTION_CHECKOUTS_TOO_MANY", why).retry_after(600));
    }
    if !new.gift {
        let held = "SELECT 1::bigint FROM subscriptions WHERE user_id = $1::text::uuid AND grants = $2::text \
                AND status IN ('active', 'trialing', 'past_due') \
            UNION ALL SELECT 1 FROM derived_entitlements WHERE user_id = $1::text::uuid AND entitlement = $2::text \
                AND expires_at IS NULL LIMIT 1";
        if sql.query_opt(held, &[user.into(), (&plan.grants).into()]).await?.is_some() {
            return Err(ApiError::new(409, "SUBSCRIPTION_ALREADY_HELD", "you have this already"));
        }
        let books = "SELECT count(*) FROM derived_entitlements WHERE user_id = $1::text::uuid \
            AND entitlement LIKE 'book:%'";
        let books = sql.query_opt(books, &[user.into()]).await?.map_or(Ok(0), |row| row.int(0))?;
        if plan.interval == Interval::Once && books >= entitlements::MOST_BOOKS {
            let why = format!("a reader can own {} books here", entitlements::MOST_BOOKS);
            return Err(ApiError::new(409, "SUBSCRIPTION_LIBRARY_FULL", why));
        }
    }
    let coupon = match new.coupon.as_deref().filter(|code| !code.trim().is_empty()) {
        Some(code) => Some(coupons::take(sql, code, &plan, new.gift, user).await?),
        None => None,
    };
    let row: [Value; 6] = [
        id.into(),
        user.into(),
        (&plan.id).into(),
        new.gift.into(),
        coupon.as_ref().map(|coupon| &coupon.id).into(),
        i64::try_from(LIFE).unwrap_or_default().into(),
    ];
    let insert = "INSERT INTO checkouts (id, user_id, plan, gift, coupon, expires_at) VALUES ($1::text::uuid, \
        $2::text::uuid, $3::text::uuid, $4::boolean, $5::text::uuid, now() + interval '1 second' * $6::bigint)";
    sql.execute(insert, &row).await?;
    Ok((plan, coupon))
}
