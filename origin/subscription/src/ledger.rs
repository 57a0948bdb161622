//! What was told of payments: an object at a time, merged so that the order in which it is told does not matter.

mod disputes;
mod invoices;
mod payments;
mod subscriptions;

use aw_platform::{Result, Sql, SqlExt, SqlPlatform};
use serde::Deserialize;

use crate::{
    checks,
    press::Press,
    provider::{Charge, Dispute, Invoice, Link, Session, Subscription},
};

pub(crate) use invoices::Line;

/// The name of who tells, in the audit trail.
pub(crate) const ACTOR: &str = "payments";

/// When something was so, in the provider's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// In seconds since 1970.
    pub(crate) at: i64,
    /// Whether the provider was asked, and this is how things are; else an event told how they were.
    pub(crate) asked: bool,
}

/// What became of what was told.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    /// Whether something is kept that was not.
    pub(crate) changed: bool,
    /// Whose entitlements follow from it.
    pub(crate) users: Vec<String>,
}

/// What kind of object is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Subscription,
    Checkout,
    Charge,
    Dispute,
    Invoice,
}

/// An object that is told of.
#[derive(Debug)]
pub(crate) enum Object {
    Subscription(Subscription),
    Checkout(Session),
    Charge(Charge),
    Dispute(Dispute),
    Invoice(Box<Invoice>),
}

impl Object {
    /// Reads it.
    ///
    /// # Errors
    /// It is no object of this kind.
    pub(crate) fn read(kind: Kind, object: &serde_json::Value) -> serde_json::Result<Self> {
        Ok(match kind {
            Kind::Subscription => Self::Subscription(Subscription::deserialize(object)?),
            Kind::Checkout => Self::Checkout(Session::deserialize(object)?),
            Kind::Charge => Self::Charge(Charge::deserialize(object)?),
            Kind::Dispute => Self::Dispute(Dispute::deserialize(object)?),
            Kind::Invoice => Self::Invoice(Box::new(Invoice::deserialize(object)?)),
        })
    }
}

/// Keeps what is told of an object, in the caller's transaction.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn keep<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    told: Told,
    object: &Object,
) -> Result<Changed> {
    match object {
        Object::Subscription(object) => subscriptions::subscription(press.p, sql, told, object).await,
        Object::Checkout(object) => payments::session(press, sql, object).await,
        Object::Charge(object) => payments::charge(press.p, sql, told, object).await,
        Object::Dispute(object) => disputes::dispute(press.p, sql, told, object).await,
        Object::Invoice(object) => invoices::invoice(press.p, sql, told, object).await,
    }
}

/// The account that something is of: by the id that we had the provider keep with it, else by its customer.
async fn user<S: Sql>(sql: &S, named: Option<&String>, customer: Option<&Link>) -> Result<Option<String>> {
    let named = named.filter(|id| checks::is_id(id));
    let statement = "SELECT id::text FROM users WHERE id = $1::text::uuid \
        UNION ALL SELECT user_id::text FROM payment_customers WHERE customer = $2::text LIMIT 1";
    let row = sql.query_opt(statement, &[named.into(), customer.map(Link::id).into()]).await?;
    row.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

/// A plan's id, where there is such a plan.
async fn plan<S: Sql>(sql: &S, named: Option<&String>, price: Option<&str>) -> Result<Option<(String, String)>> {
    let named = named.filter(|id| checks::is_id(id));
    let statement =
        "SELECT id::text, grants FROM plans WHERE id = $1::text::uuid OR $1::text IS NULL AND price = $2::text LIMIT 1";
    let row = sql.query_opt(statement, &[named.into(), price.into()]).await?;
    row.map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).transpose()
}
