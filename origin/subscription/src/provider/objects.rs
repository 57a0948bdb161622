//! What the provider tells, as far as it matters here.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What was made, by its id.
#[derive(Debug, Deserialize)]
pub(crate) struct Made {
    pub(crate) id: String,
}

/// An endpoint of webhooks that was made.
#[derive(Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A page to send a browser to.
#[derive(Debug, Deserialize)]
pub(crate) struct Hosted {
    pub(crate) id: String,
    pub(crate) url: String,
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(crate) struct List<T> {
    pub(crate) data: Vec<T>,
}

/// Another object: its id, or all of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Link {
    Id(String),
    Object { id: String },
}

impl Link {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Id(id) | Self::Object { id } => id,
        }
    }
}

pub(crate) type Metadata = BTreeMap<String, String>;

/// A subscription.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) customer: Link,
    pub(crate) current_period_start: Option<i64>,
    pub(crate) current_period_end: Option<i64>,
    pub(crate) trial_end: Option<i64>,
    #[serde(default)]
    pub(crate) cancel_at_period_end: bool,
    #[serde(default)]
    pub(crate) created: i64,
    #[serde(default)]
    pub(crate) metadata: Metadata,
    pub(crate) items: Option<Items>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Items {
    pub(crate) data: Vec<Item>,
}

/// Later versions of the API tell the period of each item.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) current_period_start: Option<i64>,
    pub(crate) current_period_end: Option<i64>,
    pub(crate) price: Option<Link>,
}

impl Subscription {
    fn item(&self) -> Option<&Item> {
        self.items.as_ref()?.data.first()
    }

    /// The price that is paid.
    pub(crate) fn price(&self) -> Option<&str> {
        self.item()?.price.as_ref().map(Link::id)
    }

    /// The period under way.
    pub(crate) fn period(&self) -> (i64, i64) {
        let start = self.current_period_start.or_else(|| self.item()?.current_period_start);
        let end = self.current_period_end.or_else(|| self.item()?.current_period_end);
        let start = start.unwrap_or(self.created);
        (start, end.unwrap_or(start))
    }
}

/// A session at the page that takes payments.
#[derive(Debug, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) mode: String,
    pub(crate) status: Option<String>,
    pub(crate) payment_status: String,
    pub(crate) customer: Option<Link>,
    pub(crate) payment_intent: Option<Link>,
    pub(crate) amount_total: Option<i64>,
    pub(crate) total_details: Option<Totals>,
    pub(crate) currency: Option<String>,
    #[serde(default)]
    pub(crate) created: i64,
    #[serde(default)]
    pub(crate) metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Totals {
    #[serde(default)]
    pub(crate) amount_tax: i64,
}

/// An invoice.
#[derive(Debug, Deserialize)]
pub(crate) struct Invoice {
    pub(crate) id: String,
    pub(crate) number: Option<String>,
    pub(crate) customer: Option<Link>,
    pub(crate) subscription: Option<Link>,
    pub(crate) status: Option<String>,
    pub(crate) currency: String,
    pub(crate) subtotal: i64,
    pub(crate) total: i64,
    pub(crate) tax: Option<i64>,
    pub(crate) total_discount_amounts: Option<Vec<Amount>>,
    pub(crate) amount_paid: i64,
    pub(crate) lines: List<Line>,
    pub(crate) payment_intent: Option<Link>,
    pub(crate) hosted_invoice_url: Option<String>,
    pub(crate) created: i64,
    pub(crate) status_transitions: Option<Transitions>,
    pub(crate) subscription_details: Option<Details>,
    #[serde(default)]
    pub(crate) metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Amount {
    pub(crate) amount: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Line {
    pub(crate) description: Option<String>,
    pub(crate) amount: i64,
    pub(crate) quantity: Option<i64>,
    pub(crate) period: Option<Period>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Period {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Transitions {
    pub(crate) paid_at: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Details {
    #[serde(default)]
    pub(crate) metadata: Option<Metadata>,
}

/// Money that was taken, and what of it was given back.
#[derive(Debug, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) payment_intent: Option<Link>,
    #[serde(default)]
    pub(crate) amount_captured: i64,
    #[serde(default)]
    pub(crate) amount_refunded: i64,
}

/// A payment that the payer's bank takes back, or wants to.
#[derive(Debug, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) charge: Link,
    pub(crate) payment_intent: Option<Link>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) created: i64,
}
