//! The session at the provider.

use aw_pages::form;
use aw_platform::{ApiError, SqlExt, SqlPlatform};
use serde::Serialize;

use crate::{
    ask::Ask,
    catalogue::{
        coupons::Coupon,
        plans::{Interval, Plan},
    },
    provider::{self, Client},
};

/// What the provider tells us again with everything that comes of it.
#[derive(Clone, Serialize)]
struct Metadata<'a> {
    tenant: &'a str,
    user: &'a str,
    plan: &'a str,
    grants: &'a str,
    checkout: &'a str,
    gift: &'a str,
}

#[derive(Serialize)]
struct SessionForm<'a> {
    mode: &'a str,
    customer: &'a str,
    client_reference_id: &'a str,
    success_url: &'a str,
    cancel_url: &'a str,
    line_items: [LineItem<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    discounts: Vec<Discount<'a>>,
    metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_data: Option<SubscriptionData<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_intent_data: Option<Tagged<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_creation: Option<InvoiceCreation<'a>>,
}

#[derive(Serialize)]
struct LineItem<'a> {
    price: &'a str,
    quantity: u32,
}

#[derive(Serialize)]
struct Discount<'a> {
    coupon: &'a str,
}

#[derive(Serialize)]
struct SubscriptionData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    trial_period_days: Option<i64>,
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Tagged<'a> {
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct InvoiceCreation<'a> {
    enabled: bool,
    invoice_data: Tagged<'a>,
}

/// Begins the session at the provider.
pub(super) async fn begin<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    client: &Client<'_, P>,
    (user, id, back): (&str, &str, &str),
    plan: &Plan,
    gift: bool,
    coupon: Option<&Coupon>,
) -> Result<provider::Hosted, ApiError> {
    let press = ask.press();
    let customer = provider::customer(press, sql, client, user).await?;
    let price = provider::price(press, sql, client, (plan, gift)).await?;
    if let Some(coupon) = coupon {
        provider::coupon::<P>(sql, client, coupon).await?;
    }
    let again = plan.interval != Interval::Once && !gift;
    // A trial is for those who have not had one.
    let had = "SELECT 1::bigint FROM subscriptions WHERE user_id = $1::text::uuid AND trial_end IS NOT NULL LIMIT 1";
    let fresh = again && plan.trial_days > 0 && sql.query_opt(had, &[user.into()]).await?.is_none();
    let metadata = Metadata {
        tenant: press.tenant,
        user,
        plan: &plan.id,
        grants: &plan.grants,
        checkout: id,
        gift: if gift { "true" } else { "false" },
    };
    let tagged = || Tagged { metadata: metadata.clone() };
    let base = press.base_url_for(sql, ask.caller).await?;
    let form = SessionForm {
        mode: if again { "subscription" } else { "payment" },
        customer: &customer,
        client_reference_id: id,
        success_url: &format!("{base}/subscribe?checkout={id}&next={}", form::escape(back)),
        cancel_url: &format!("{base}/subscribe"),
        line_items: [LineItem { price: &price, quantity: 1 }],
        discounts: coupon.iter().map(|coupon| Discount { coupon: &coupon.id }).collect(),
        metadata: metadata.clone(),
        subscription_data: again.then(|| SubscriptionData {
            trial_period_days: fresh.then_some(plan.trial_days),
            metadata: metadata.clone(),
        }),
        payment_intent_data: (!again).then(tagged),
        invoice_creation: (!again).then(|| InvoiceCreation { enabled: true, invoice_data: tagged() }),
    };
    Ok(client.post("/v1/checkout/sessions", &form, Some(&format!("checkout-{id}"))).await?)
}
