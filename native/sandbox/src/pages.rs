//! What the pages look like. Each says what this is.

use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use crate::{
    api::disputes::is_decided,
    object::{number, text},
    state::Account,
};

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:0 auto;padding:1rem}\
    .sandbox{background:#fd6;color:#000;padding:.5rem 1rem;border:2px dashed #000}\
    button{font:inherit;padding:.5rem 1rem;margin:.25rem 0;display:block}";

fn frame(title: &str, main: Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · AuthorWorks payment sandbox" }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                p class="sandbox" role="note" {
                    strong { "Sandbox." } " This is AuthorWorks' own stand-in for a provider of payments. No money moves, "
                    "and no card's number is asked for."
                }
                main { h1 { (title) } (main) }
            }
        }
    }
    .into_string()
}

/// What is at `/`.
pub(crate) fn index() -> String {
    frame(
        "Payment sandbox",
        html! {
            p { "A press that has set up no provider of payments sells here, so that everything can be tried." }
            form method="post" action="/sandbox/clock" {
                label { "Move the clock by so many seconds " input type="number" name="advance" value="86400" required; }
                button { "Move" }
            }
        },
    )
}

/// A sentence, and a way back.
pub(crate) fn message(title: &str, back: &str) -> String {
    frame(title, html! { @if !back.is_empty() { p { a href=(back) { "Back" } } } })
}

fn money(amount: i64, currency: &str) -> String {
    format!("{}.{:02} {}", amount / 100, amount % 100, currency.to_uppercase())
}

fn button(name: &str, value: &str, label: &str) -> Markup {
    html! { button name=(name) value=(value) { (label) } }
}

/// The page that takes a payment.
pub(crate) fn pay(account: &Account, session: &Value, error: Option<&str>) -> String {
    let price = &session["_price"];
    let name = account.find(text(price, "product")).map_or("", |p| text(p, "name"));
    frame(
        "Pay",
        html! {
            p { strong { (name) } ", " (money(number(price, "unit_amount"), text(price, "currency")))
                @if let Some(interval) = price["recurring"]["interval"].as_str() { " every " (interval) } }
            @let trial = number(session, "_trial");
            @if trial > 0 { p { "The first " (trial) " days are free." } }
            @if let Some(coupon) = account.find(text(session, "_coupon")) { p { "Coupon: " (text(coupon, "name")) } }
            @if let Some(why) = error { p role="alert" { (why) } }
            form method="post" {
                (button("card", "good", "Pay with a card that works"))
                (button("card", "failing", "Pay with a card that works today and fails at the next payment"))
                (button("card", "declined", "Pay with a card that is declined"))
            }
            p { a href=(text(session, "cancel_url")) { "Go back without paying" } }
        },
    )
}

/// The page at which a reader changes what they have.
pub(crate) fn portal(account: &Account, session: &Value) -> String {
    let customer = text(session, "customer");
    let mine = account.all("subscription").into_iter().filter(|s| text(s, "customer") == customer);
    let paid: Vec<_> = account.all("charge").into_iter().filter(|c| text(c, "customer") == customer).collect();
    frame(
        "Your subscriptions",
        html! {
            @for s in mine {
                @let price = &s["items"]["data"][0]["price"];
                section {
                    h2 { (account.find(text(price, "product")).map_or("", |p| text(p, "name"))) }
                    p { (money(number(price, "unit_amount"), text(price, "currency"))) ", " (text(s, "status"))
                        @if s["cancel_at_period_end"] == true { ", ends with its period" } }
                    @if text(s, "status") != "canceled" {
                        form method="post" {
                            input type="hidden" name="subscription" value=(text(s, "id"));
                            @if s["cancel_at_period_end"] == true { (button("action", "resume", "Go on")) }
                            @else { (button("action", "cancel", "Cancel at the end of the period")) }
                            (button("action", "cancel-now", "Cancel now"))
                        }
                    }
                }
            }
            @if !paid.is_empty() { h2 { "What your bank does" } }
            @for charge in &paid {
                p { (money(number(charge, "amount"), text(charge, "currency"))) }
                @let open = account.all("dispute").into_iter().find(|d| d["charge"] == charge["id"] && !is_decided(d));
                form method="post" {
                    @if let Some(dispute) = open {
                        input type="hidden" name="dispute" value=(text(dispute, "id"));
                        (button("action", "win", "Decide for the press"))
                        (button("action", "lose", "Decide for the reader"))
                    } @else if charge["refunded"] != true {
                        input type="hidden" name="charge" value=(text(charge, "id"));
                        (button("action", "inquire", "Ask the press about it"))
                        (button("action", "dispute", "Take it back"))
                    }
                }
            }
            h2 { "Card" }
            form method="post" {
                (button("card", "good", "Use a card that works"))
                (button("card", "failing", "Use a card that fails at the next payment"))
            }
            p { a href=(text(session, "return_url")) { "Back" } }
        },
    )
}
