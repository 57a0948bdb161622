//! What the provider must have before something can be paid: the reader, the price, the coupon.

use aw_platform::{ApiError, Sql, SqlExt, SqlPlatform};
use serde::Serialize;

use super::{Client, objects::Made};
use crate::{
    catalogue::{
        coupons::Coupon,
        plans::{Interval, Plan},
    },
    press::Press,
};

/// The reader as the provider's customer.
pub(crate) async fn customer<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    client: &Client<'_, P>,
    user: &str,
) -> Result<String, ApiError> {
    let known = "SELECT customer FROM payment_customers WHERE user_id = $1::text::uuid";
    if let Some(row) = sql.query_opt(known, &[user.into()]).await? {
        return Ok(row.text(0)?.to_owned());
    }
    #[derive(Serialize)]
    struct Form<'a> {
        email: &'a str,
        name: &'a str,
        metadata: Metadata<'a>,
    }
    #[derive(Serialize)]
    struct Metadata<'a> {
        user: &'a str,
        tenant: &'a str,
    }
    let account = "SELECT email, display_name FROM users WHERE id = $1::text::uuid";
    let row = sql.query_opt(account, &[user.into()]).await?;
    let row = row.ok_or_else(|| ApiError::new(403, "AUTH_ACCOUNT_REQUIRED", "this account is no more"))?;
    let (email, name) = (row.text(0)?, row.text(1)?);
    let form = Form { email, name, metadata: Metadata { user, tenant: press.tenant } };
    // Of who they are now: the provider refuses a key that comes with another name for a day.
    let is = aw_trust::digest::sha256_hex(format!("{email}\0{name}").as_bytes());
    let once = format!("customer-{}-{user}-{}", press.tenant, &is[..16]);
    let made: Made = client.post("/v1/customers", &form, Some(&once)).await?;
    let insert = "INSERT INTO payment_customers (user_id, customer) VALUES ($1::text::uuid, $2::text) \
        ON CONFLICT (user_id) DO UPDATE SET customer = payment_customers.customer RETURNING customer";
    let row = sql.query_opt(insert, &[user.into(), made.id.into()]).await?;
    let row = row.ok_or_else(|| aw_platform::Error::internal("a customer was kept and is not"))?;
    Ok(row.text(0)?.to_owned())
}

/// The price of a plan; that of a gift of it is paid once.
pub(crate) async fn price<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    client: &Client<'_, P>,
    (plan, gift): (&Plan, bool),
) -> Result<String, ApiError> {
    if let Some(price) = plan.price.as_ref().filter(|_| !gift) {
        return Ok(price.clone());
    }
    #[derive(Serialize)]
    struct Product<'a> {
        name: &'a str,
        metadata: Metadata<'a>,
    }
    #[derive(Serialize)]
    struct Metadata<'a> {
        plan: &'a str,
    }
    #[derive(Serialize)]
    struct Price<'a> {
        product: &'a str,
        currency: String,
        unit_amount: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        recurring: Option<Recurring<'a>>,
    }
    #[derive(Serialize)]
    struct Recurring<'a> {
        interval: &'a str,
    }
    let what = if gift { "gift" } else { "plan" };
    let once = format!("{what}-{}-{}-{}", press.tenant, plan.id, plan.version);
    let product = Product { name: &plan.name, metadata: Metadata { plan: &plan.id } };
    let product: Made = client.post("/v1/products", &product, Some(&format!("product-{once}"))).await?;
    let again = plan.interval != Interval::Once && !gift;
    let price = Price {
        product: &product.id,
        currency: plan.currency.to_ascii_lowercase(),
        unit_amount: plan.amount,
        recurring: again.then(|| Recurring { interval: plan.interval.name() }),
    };
    let made: Made = client.post("/v1/prices", &price, Some(&format!("price-{once}"))).await?;
    if !gift {
        // Not where the plan was changed meanwhile: then this price is that of what it was.
        let keep = "UPDATE plans SET price = $2::text WHERE id = $1::text::uuid AND version = $3::bigint";
        sql.execute(keep, &[(&plan.id).into(), (&made.id).into(), plan.version.into()]).await?;
    }
    Ok(made.id)
}

/// The coupon, by its id, which is ours.
pub(crate) async fn coupon<P: SqlPlatform>(
    sql: &P::Sql,
    client: &Client<'_, P>,
    coupon: &Coupon,
) -> Result<(), ApiError> {
    if coupon.provided {
        return Ok(());
    }
    #[derive(Serialize)]
    struct Form<'a> {
        id: &'a str,
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        percent_off: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        amount_off: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        currency: Option<String>,
        duration: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        duration_in_months: Option<i64>,
    }
    let form = Form {
        id: &coupon.id,
        name: &coupon.code,
        percent_off: coupon.percent,
        amount_off: coupon.amount,
        currency: coupon.currency.as_ref().map(|c| c.to_ascii_lowercase()),
        duration: coupon.duration.name(),
        duration_in_months: coupon.months,
    };
    match client.post::<Made>("/v1/coupons", &form, Some(&format!("coupon-{}", coupon.id))).await {
        Err(error) if !error.is_there() => return Err(error.into()),
        _ => {}
    }
    let keep = "UPDATE coupons SET provided = true WHERE id = $1::text::uuid";
    sql.execute(keep, &[(&coupon.id).into()]).await?;
    Ok(())
}
