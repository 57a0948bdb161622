//! The other press.

use super::{
    accounts,
    answer::{has_status, hides, refused},
    book::Book,
    browser::Browser,
    person::Person,
    place::{OTHER, PRESS, Place},
    sale::{chapter, keeps_secret},
};
use crate::suites::{checks::Verdict, client::Client};

/// Its reader and its owner get nothing of the book; nor do the tokens of the one press open anything at the other.
pub(super) fn nothing(place: &Place, book: &Book, owner: &Person, reader: &Browser) -> Verdict {
    let mut bingley = accounts::member_of(place, OTHER, "bingley")?;
    let mut darcy = accounts::owner_of(place, OTHER, "darcy")?;
    for path in [chapter(book), format!("/books/{}", book.slug), format!("/v1/books/{}", book.id)] {
        for person in [&mut bingley, &mut darcy] {
            let reply = person.get(&path)?;
            has_status(&reply, 404)?;
            hides(&reply, &["Pride and Prejudice"])?;
        }
    }
    for path in [format!("/v1/drafts/{}", book.id), format!("/v1/drafts/{}/chapters/31", book.id)] {
        refused(&darcy.get(&path)?, 404, "CONTENT_BOOK_NOT_FOUND")?;
    }
    // Their tokens at the press that has the book: those of nobody.
    for token in [&bingley.token, &darcy.token] {
        let mut client = Client::member(place.edge, &place.host(PRESS), token);
        for path in [chapter(book), format!("/v1/drafts/{}/chapters/31", book.id)] {
            let reply = client.get(&path)?;
            if !(400..500).contains(&reply.status()) && reply.status() != 303 {
                return Err(format!("{path} answers a token of {OTHER} with {}", reply.status()));
            }
            keeps_secret(&reply)?;
        }
    }
    // And those of the press that has it, at the other.
    let token = reader.cookies.get("aw_access").map(String::as_str).unwrap_or_default();
    for token in [token, &owner.token] {
        let mut client = Client::member(place.edge, &place.host(OTHER), token);
        for path in [chapter(book), format!("/v1/drafts/{}", book.id), "/v1/users".to_owned()] {
            let reply = client.get(&path)?;
            if reply.status() < 400 && reply.status() != 303 {
                return Err(format!("{path} answers a token of {PRESS} with {}", reply.status()));
            }
            hides(&reply, &["Pride and Prejudice", "bingley@"])?;
        }
    }
    Ok(())
}
