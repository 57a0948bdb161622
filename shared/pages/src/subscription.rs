//! Buying, and what one has: forms that need no JavaScript.

use maud::{Markup, html};

use crate::{layout::Layout, money::money};

/// Something that can be bought.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// The plan's id.
    pub id: &'a str,
    /// The plan's name.
    pub name: &'a str,
    /// What it is.
    pub description: &'a str,
    /// `month`, `year` or `once`.
    pub interval: &'a str,
    /// In minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// Days before the first payment.
    pub trial_days: i64,
}

/// The page that sells.
#[derive(Clone, Copy, Debug)]
pub struct SubscribePage<'a> {
    /// What can be bought.
    pub offers: &'a [Offer<'a>],
    /// Goes into the hidden field `csrf`; `None` for a stranger, who has to log in first.
    pub csrf: Option<&'a str>,
    /// Where a stranger logs in.
    pub login: &'a str,
    /// A local path to come back to; goes into the hidden field `next`.
    pub next: &'a str,
    /// Why the last try failed.
    pub error: Option<&'a str>,
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page, a whole HTML document.
pub fn subscribe_page(page: &SubscribePage<'_>) -> String {
    frame(page.tenant_name, "Subscribe").render(html! {
        h1 { "Subscribe" }
        (error(page.error))
        @if page.offers.is_empty() { p { "There is nothing to buy here now." } }
        @for offer in page.offers {
            section class="panel" {
                h2 { (offer.name) }
                @if !offer.description.is_empty() { p { (offer.description) } }
                p { strong { (money(offer.amount, offer.currency)) } @if offer.interval != "once" { " a " (offer.interval) } "." }
                @if offer.trial_days > 0 { p { "The first " (offer.trial_days) " days are free, once." } }
                @match page.csrf {
                    Some(csrf) => {
                        form method="post" action="/subscribe" {
                            input type="hidden" name="csrf" value=(csrf);
                            input type="hidden" name="next" value=(page.next);
                            input type="hidden" name="plan" value=(offer.id);
                            label { "Coupon" input type="text" name="coupon" maxlength="64" autocomplete="off"; }
                            label { input type="checkbox" name="gift" value="true"; " It is a gift for somebody else" }
                            button { @if offer.interval == "once" { "Buy" } @else { "Subscribe" } }
                        }
                    }
                    None => { p { a class="button" href=(page.login) { "Log in to buy" } } }
                }
            }
        }
        p { a href="/account/subscription" { "What I have" } }
    })
}

/// A subscription of the reader's.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// `tier:SLUG`.
    pub grants: &'a str,
    /// As the provider says.
    pub status: &'a str,
    /// The day on which its period ends.
    pub until: &'a str,
    /// Whether it ends then.
    pub ends: bool,
}

/// Something that the reader has bought once.
#[derive(Clone, Copy, Debug)]
pub struct Bought<'a> {
    /// `book:ID` or, as a gift, `tier:SLUG`.
    pub grants: &'a str,
    /// In minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// The code to pass on, of a gift.
    pub code: Option<&'a str>,
    /// Whether it has been redeemed.
    pub redeemed: bool,
}

/// What the reader has.
#[derive(Clone, Copy, Debug)]
pub struct SubscriptionPage<'a> {
    /// The subscriptions.
    pub subscriptions: &'a [Held<'a>],
    /// What was bought once.
    pub purchases: &'a [Bought<'a>],
    /// What may be read beyond what is free: entitlements.
    pub entitlements: &'a [&'a str],
    /// Goes into the hidden field `csrf`.
    pub csrf: &'a str,
    /// Why the last try failed.
    pub error: Option<&'a str>,
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page, a whole HTML document.
pub fn subscription_page(page: &SubscriptionPage<'_>) -> String {
    let name = |grants: &str| match grants.split_once(':') {
        Some(("tier", slug)) => format!("the tier {slug}"),
        _ => "a book".to_owned(),
    };
    frame(page.tenant_name, "What I have").render(html! {
        h1 { "What I have" }
        (error(page.error))
        @if page.entitlements.is_empty() { p { "Nothing yet beyond what is free." } }
        @else { p { "You may read: " (page.entitlements.iter().map(|e| name(e)).collect::<Vec<_>>().join(", ")) "." } }
        @for held in page.subscriptions {
            p { "Subscription to " (name(held.grants)) ": " (held.status) ", "
                @if held.ends { "ends on " } @else { "paid until " } time datetime=(held.until) { (held.until) } "." }
        }
        @for bought in page.purchases {
            p {
                @match bought.code {
                    Some(code) => {
                        "A gift of " (name(bought.grants)) ", " (money(bought.amount, bought.currency)) ": "
                        @if bought.redeemed { "redeemed." } @else { "its code is " code { (code) } "." }
                    }
                    None => { "Bought: " (name(bought.grants)) ", " (money(bought.amount, bought.currency)) "." }
                }
            }
        }
        form method="post" action="/account/subscription" {
            input type="hidden" name="csrf" value=(page.csrf);
            button name="do" value="portal" { "Cancel, or change the card" }
        }
        form method="post" action="/account/subscription" {
            input type="hidden" name="csrf" value=(page.csrf);
            label { "Code of a gift" input type="text" name="code" maxlength="64" autocomplete="off" required; }
            button name="do" value="redeem" { "Redeem" }
        }
        p { a href="/subscribe" { "What can be bought" } }
    })
}

/// The page between here and the provider of payments: a browser that does not go on by itself has the link.
pub fn leaving_page(tenant_name: &str, url: &str) -> String {
    frame(tenant_name, "Payment").render(html! {
        h1 { "Payment" }
        p { a class="button" href=(url) rel="noreferrer" { "Go on to the payment" } }
    })
}

/// The page after the payment, until the provider has told of it; `again` is where to look once more.
pub fn settling_page(tenant_name: &str, again: &str) -> String {
    frame(tenant_name, "Thank you").render(html! {
        h1 { "Thank you" }
        p role="status" { "Your payment is being confirmed. That takes a few seconds as a rule; what you bought is yours as soon as "
            "it is." }
        p { a class="button" href=(again) { "Look again" } }
    })
}

fn frame<'a>(tenant_name: &'a str, title: &'a str) -> Layout<'a> {
    Layout { tenant_name, title, private: true, ..Layout::default() }
}

fn error(error: Option<&str>) -> Markup {
    html! { @if let Some(why) = error { p class="error" role="alert" { (why) } } }
}
