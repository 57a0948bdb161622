//! What is sold, who pays, and who does not any more.

use serde_json::{Value, json};

use super::{
    answer::{data, has_status, hides, refused, same, shows, soon, text},
    book::Book,
    browser::{Browser, Page},
    person::Person,
    place::{PRESS, Place},
};
use crate::suites::checks::Verdict;

/// Chapters from here are for who pays.
const PAID: usize = 31;
/// What stands in the first of them, and in no other.
const SECRET: &str = "Colonel Fitzwilliam";
/// What stands in one that is free.
const FREE: &str = "truth universally acknowledged";

/// The chapter that is paid for, for readers.
pub(super) fn chapter(book: &Book) -> String {
    format!("/books/{}/{PAID}", book.slug)
}

/// The same as data.
fn as_data(book: &Book) -> String {
    format!("/v1/books/{}/chapters/{PAID}", book.slug)
}

/// Whether nothing of the paid chapter is in an answer.
pub(super) fn keeps_secret(reply: &crate::conform::wire::Reply) -> Verdict {
    hides(reply, &[SECRET])
}

/// A tier and a plan of it, and the book's later half for that tier.
pub(super) fn offer(place: &Place, book: &Book, owner: &mut Person) -> Verdict {
    let mut stranger = place.stranger(PRESS);
    shows(&stranger.get(&chapter(book))?, 200, &[SECRET])?;
    owner.send("PUT", "/v1/tiers/gold", &json!({ "name": "Gold" }), 201)?;
    let plan = json!({ "name": "Gold", "grants": "tier:gold", "interval": "month", "amount": 500, "currency": "EUR" });
    let plan = owner.send("POST", "/v1/plans", &plan, 201)?;
    let plans = data(&stranger.get("/v1/plans")?, 200)?;
    same("what is sold", &(&plans[0]["id"], &plans[0]["amount"]), &(&plan["id"], &json!(500)))?;
    let range = json!({ "access": "tier:gold", "from": PAID });
    owner.send("PATCH", &format!("/v1/books/{}/chapters", book.id), &range, 200)?;
    owner.send("POST", &format!("/v1/books/{}/publish", book.id), &Value::Null, 200)?;
    soon(|| has_status(&stranger.get(&chapter(book))?, 402))
}

/// What everybody gets who has not paid: the paywall, and what is free.
pub(super) fn strangers(place: &Place, book: &Book) -> Verdict {
    let mut stranger = place.stranger(PRESS);
    let wall = stranger.get(&chapter(book))?;
    shows(&wall, 402, &["/subscribe?tier=gold"])?;
    keeps_secret(&wall)?;
    let wall = stranger.get(&as_data(book))?;
    refused(&wall, 402, "CONTENT_ACCESS_PAYMENT_REQUIRED")?;
    keeps_secret(&wall)?;
    shows(&stranger.get(&format!("/books/{}/1", book.slug))?, 200, &[FREE])?;
    // A token that nobody signed buys nothing.
    let mut forger = crate::suites::client::Client::member(place.edge, &place.host(PRESS), "e30.e30.e30");
    keeps_secret(&forger.get(&chapter(book))?)
}

/// A reader with an account, in a browser.
pub(super) fn reader(place: &Place) -> Result<Browser, String> {
    let mut browser = Browser::new(place, PRESS);
    let fields = [("email", "lizzy@longbourn.example"), ("password", "a lively, playful disposition")];
    let done = browser.submit("/register", &[&fields[..], &[("displayName", "Lizzy")]].concat())?;
    same("where it leads", &done.location()?.as_str(), &"/")?;
    browser.get("/")?.shows(200, &["Longbourn Press"])?;
    Ok(browser)
}

/// From the paywall to the provider, and back to the chapter.
pub(super) fn pay(_: &Place, book: &Book, reader: &mut Browser) -> Verdict {
    let chapter = chapter(book);
    let wall = reader.get(&chapter)?;
    wall.shows(402, &[])?;
    keeps_secret(&wall.0)?;
    let offer = reader.get(&wall.link("/subscribe?")?)?;
    offer.shows(200, &["Gold"])?;
    same("where the reader comes back to", &offer.hidden("next")?.as_str(), &chapter.as_str())?;
    let leaving = reader.submit(&wall.link("/subscribe?")?, &[])?;
    let pay = leaving.refresh()?;
    reader.get(&pay)?.shows(200, &["No money moves", "Gold", "5.00 EUR every month"])?;
    reader.post(&pay, &[("card", "declined")])?.shows(402, &["The card was declined"])?;
    reader.get(&chapter)?.shows(402, &[])?;
    let back = reader.post(&pay, &[("card", "good")])?.location()?;
    // The provider tells the press by itself; until it has, the page says so and looks again.
    let renewed = soon(|| reader.get(&back)?.location())?;
    let to = reader.get(&renewed)?.location()?;
    same("where the reader goes on to", &to.as_str(), &chapter.as_str())?;
    reader.get(&chapter)?.shows(200, &[])
}

/// What was paid for is read, and shown for what it is.
pub(super) fn read(book: &Book, reader: &mut Browser) -> Verdict {
    reader.get(&chapter(book))?.shows(200, &[SECRET])?;
    let read = reader.get(&as_data(book))?;
    same("its number", &data(&read.0, 200)?["number"], &json!(PAID))?;
    read.shows(200, &[SECRET])?;
    let mine = data(&reader.get("/v1/me/subscription")?.0, 200)?;
    same("its state", &mine["subscriptions"][0]["status"], &json!("active"))?;
    same("what it entitles to", &mine["entitlements"][0]["entitlement"], &json!("tier:gold"))?;
    reader.get("/account/subscription")?.shows(200, &["the tier gold"])
}

/// Cancelled at the provider's page: the very token that reads now reads no more.
pub(super) fn cancel(book: &Book, reader: &mut Browser) -> Verdict {
    let chapter = chapter(book);
    let portal = reader.submit("/account/subscription", &[("do", "portal")])?.refresh()?;
    let subscription = reader.get(&portal)?.hidden("subscription")?;
    let token = reader.cookies.get("aw_access").cloned().ok_or("the reader has no token")?;
    reader.post(&portal, &[("subscription", &subscription), ("action", "cancel-now")])?.location()?;
    let refused = soon(|| {
        reader.cookies.insert("aw_access".to_owned(), token.clone());
        let page: Page = reader.get(&chapter)?;
        if page.0.status() == 200 { Err("it is read still".to_owned()) } else { Ok(page) }
    })?;
    keeps_secret(&refused.0)?;
    // Sent to refresh, the browser comes back as somebody who has not paid.
    let again = refused.location()?;
    same("where the reader goes on to", &reader.get(&again)?.location()?.as_str(), &chapter.as_str())?;
    let wall = reader.get(&chapter)?;
    wall.shows(402, &["/subscribe?tier=gold"])?;
    keeps_secret(&wall.0)?;
    let mine = data(&reader.get("/v1/me/subscription")?.0, 200)?;
    same("its state", &text(&mine["subscriptions"][0], "status")?, &"canceled")?;
    same("what is left", &mine["entitlements"], &json!([]))
}
