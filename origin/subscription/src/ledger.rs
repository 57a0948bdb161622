//! What was told of payments: an object at a time, merged so that the order in which it is told does not matter.

mod invoices;
mod payments;
mod subscriptions;

use aw_platform::{Result, Sql, SqlExt};

use crate::provider::Link;

pub(crate) use invoices::{Line, invoice};
pub(crate) use payments::{charge, session};
pub(crate) use subscriptions::subscription;

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

/// The account that something is of: by the id that we had the provider keep with it, else by its customer.
async fn user<S: Sql>(sql: &S, named: Option<&String>, customer: Option<&Link>) -> Result<Option<String>> {
    let named = named.filter(|id| id.len() == 36 && id.parse::<uuid::Uuid>().is_ok());
    let statement = "SELECT id::text FROM users WHERE id = $1::text::uuid \
        UNION ALL SELECT user_id::text FROM payment_customers WHERE customer = $2::text LIMIT 1";
    let row = sql.query_opt(statement, &[named.into(), customer.map(Link::id).into()]).await?;
    row.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

/// A plan's id, where there is such a plan.
async fn plan<S: Sql>(sql: &S, named: Option<&String>, price: Option<&str>) -> Result<Option<(String, String)>> {
    let named = named.filter(|id| id.len() == 36 && id.parse::<uuid::Uuid>().is_ok());
    let statement =
        "SELECT id::text, grants FROM plans WHERE id = $1::text::uuid OR $1::text IS NULL AND price = $2::text LIMIT 1";
    let row = sql.query_opt(statement, &[named.into(), price.into()]).await?;
    row.map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).transpose()
}
