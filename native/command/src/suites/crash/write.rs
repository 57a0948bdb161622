//! The writes: each can be sent again until it is acknowledged, and is done once.

use aw_trust::{digest, webhook};
use http::Method;
use serde_json::{Value, json};

use super::{
    client::{Answer, Client, Who, now_s},
    random::Random,
};

/// What payments' webhooks are signed with.
pub(super) const PAYMENTS: &str = "whsec_of-the-crash-suite";
/// The password of every account.
const PASSWORD: &str = "correct horse battery";

/// Something to be written.
#[derive(Clone, Debug)]
pub(super) enum Write {
    /// An account.
    Account { email: String },
    /// A book.
    Book { key: String, title: String },
    /// A chapter behind the last.
    Chapter { key: String, book: String, text: String },
    /// A revision of a chapter.
    Revision { book: String, chapter: String, text: String },
    /// A book as it is, for its readers.
    Publish { book: String },
    /// A file: made of a seed, in one piece. Its id, once that is known.
    File { key: String, size: usize, seed: u8, id: Option<String> },
    /// One account follows another, which is known by its id and its handle.
    Follow { follower: String, author: String, handle: String },
    /// A plan of the tier gold.
    Plan { key: String, name: String },
    /// What the provider of payments tells: a reader has subscribed.
    Told { event: String, subscription: String, user: String },
}

/// Why it is not acknowledged.
#[derive(Clone, Debug)]
pub(super) enum Trouble {
    /// Nobody knows whether it was done: send it again.
    Again(String),
    /// It never should have been answered so.
    Wrong(String),
}

/// What is known of it once it is acknowledged: what was made.
pub(super) type Made = Value;

impl Write {
    /// Sends it; `first` where it was never sent before.
    ///
    /// # Errors
    /// It is not acknowledged.
    pub(super) fn send(&mut self, client: &Client, random: &mut Random, first: bool) -> Result<Made, Trouble> {
        match self {
            Self::Account { email } => account(client, random, email, first),
            Self::Book { .. } | Self::Chapter { .. } | Self::Plan { .. } => {
                let (path, key, body) = self.keyed().unwrap_or_default();
                done(client.json(&Who::Operator, Method::POST, &path, &[("idempotency-key", &key)], &body), &[201])
                    .map(|answer| thing(answer.data()))
            }
            Self::Revision { book, chapter, text } => revision(client, book, chapter, text, first),
            Self::Publish { book } => {
                let path = format!("/v1/books/{book}/publish");
                done(client.ask(&Who::Operator, Method::POST, &path, &[], b""), &[200]).map(|answer| answer.data())
            }
            Self::File { .. } => self.file(client),
            Self::Follow { follower, handle, .. } => {
                let path = format!("/v1/account/following/{handle}");
                done(client.ask(&Who::Reader(follower), Method::PUT, &path, &[], b""), &[204]).map(|_| Value::Null)
            }
            Self::Told { event, subscription, user } => told(client, event, subscription, user),
        }
    }

    /// The request of one that is made with an `Idempotency-Key`: its path, key and body.
    pub(super) fn keyed(&self) -> Option<(String, String, Value)> {
        let (path, key, body) = match self {
            Self::Book { key, title } => ("/v1/books".to_owned(), key, json!({ "title": title })),
            Self::Chapter { key, book, text } => {
                let body = json!({ "title": "A chapter", "html": paragraph(text) });
                (format!("/v1/books/{book}/chapters"), key, body)
            }
            Self::Plan { key, name } => {
                let body = json!({ "name": name, "grants": "tier:gold", "interval": "month", "amount": 500,
                    "currency": "EUR" });
                ("/v1/plans".to_owned(), key, body)
            }
            Self::File { key, size, seed, .. } => {
                let sum = digest::sha256_hex(&bytes(*size, *seed));
                let body = json!({ "name": format!("{key}.png"), "size": size, "mediaType": "image/png",
                    "sha256": sum, "visibility": if seed.is_multiple_of(4) { "public" } else { "private" } });
                ("/v1/files".to_owned(), key, body)
            }
            _ => return None,
        };
        Some((path, key.clone(), body))
    }

    fn file(&mut self, client: &Client) -> Result<Made, Trouble> {
        let (path, idempotency, body) = self.keyed().unwrap_or_default();
        let Self::File { size, seed, id, .. } = self else { return Err(Trouble::Wrong("no file".to_owned())) };
        let get = |path: &str| client.get(path);
        let (name, mut upload) = match id {
            Some(id) => (id.clone(), Value::Null),
            None => {
                let header = [("idempotency-key", idempotency.as_str())];
                let begun = done(client.json(&Who::Operator, Method::POST, &path, &header, &body), &[201])?.data();
                let name = begun["file"]["id"].as_str().unwrap_or_default().to_owned();
                *id = Some(name.clone());
                (name, begun["upload"].clone())
            }
        };
        let file = done(get(&format!("/v1/files/{name}")), &[200])?.data();
        if file["state"] == "uploading" {
            if upload.is_null() {
                upload = done(get(&format!("/v1/files/{name}/upload")), &[200])?.data();
            }
            done(client.presigned(&upload["requests"][0], bytes(*size, *seed)), &[200])?;
        }
        let path = format!("/v1/files/{name}/complete");
        let answer = done(client.ask(&Who::Operator, Method::POST, &path, &[], b""), &[200, 202])?;
        match (answer.status, answer.data()) {
            (200, file) => Ok(file),
            _ => Err(Trouble::Again("the file is being checked".to_owned())),
        }
    }
}

/// What was made, of an answer that may wrap it.
pub(super) fn thing(mut data: Value) -> Value {
    let wrapped = ["book", "file"].into_iter().find(|name| data[*name]["id"].is_string());
    wrapped.map_or(data.clone(), |name| data[name].take())
}

/// A chapter's text as HTML.
fn paragraph(text: &str) -> String {
    format!("<p>{text}</p>")
}

/// A picture of so many bytes.
pub(super) fn bytes(size: usize, seed: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
    bytes.extend((bytes.len()..size).map(|n| (n.wrapping_mul(31) % 256) as u8 ^ seed));
    bytes
}

/// An answer with one of these statuses. What is said for a while only is said again later; no other answer is right.
fn done(answer: Result<Answer, String>, statuses: &[u16]) -> Result<Answer, Trouble> {
    match answer {
        Ok(answer) if statuses.contains(&answer.status) => Ok(answer),
        Ok(answer) if answer.status >= 500 || answer.status == 429 => Err(Trouble::Again(answer.shown())),
        Ok(answer) => Err(Trouble::Wrong(answer.shown())),
        Err(why) => Err(Trouble::Again(why)),
    }
}

fn account(client: &Client, random: &mut Random, email: &str, first: bool) -> Result<Made, Trouble> {
    let ip = format!("10.{}.{}.{}", random.below(256), random.below(256), random.below(256));
    let body = json!({ "email": email, "password": PASSWORD, "displayName": "Ada" });
    let answer = client.json(&Who::Stranger(&ip), Method::POST, "/v1/auth/register", &[], &body);
    if !first && answer.as_ref().is_ok_and(|answer| answer.status == 409) {
        // It was done, and the answer was lost.
        let path = format!("/v1/users/{}", crate::operator::escape(email));
        return done(client.get(&path), &[200]).map(|answer| answer.data()["id"].take());
    }
    done(answer, &[201]).map(|answer| answer.data()["user"]["id"].take())
}

fn revision(client: &Client, book: &str, chapter: &str, text: &str, first: bool) -> Result<Made, Trouble> {
    let draft = done(client.get(&format!("/v1/drafts/{book}/chapters/{chapter}")), &[200])?;
    let html = draft.data()["html"].as_str().unwrap_or_default().to_owned();
    if html.contains(text) {
        return if first {
            Err(Trouble::Wrong("the text was there before it was written".to_owned()))
        } else {
            Ok(Value::Null)
        };
    }
    let etag = draft.etag.or_else(|| Some(format!("\"{}\"", draft_version(&draft.body)?)));
    let etag = etag.ok_or_else(|| Trouble::Wrong("a draft without a version".to_owned()))?;
    let body = json!({ "title": "A chapter", "html": paragraph(text) });
    let path = format!("/v1/books/{book}/chapters/{chapter}");
    done(client.json(&Who::Operator, Method::PUT, &path, &[("if-match", &etag)], &body), &[200]).map(|_| Value::Null)
}

fn draft_version(body: &[u8]) -> Option<i64> {
    serde_json::from_slice::<Value>(body).ok()?["data"]["version"].as_i64()
}

fn told(client: &Client, event: &str, subscription: &str, user: &str) -> Result<Made, Trouble> {
    let now = now_s();
    let object = json!({
        "id": subscription, "object": "subscription", "status": "active", "customer": format!("cus_{user}"),
        "current_period_start": now, "current_period_end": now + 30 * 86_400, "cancel_at_period_end": false,
        "created": now, "metadata": { "user": user, "grants": "tier:gold" },
    });
    let body = json!({ "id": event, "object": "event", "type": "customer.subscription.created", "created": now,
        "data": { "object": object } });
    let body = body.to_string();
    let signature = webhook::sign(body.as_bytes(), &[PAYMENTS], now);
    let headers = [("content-type", "application/json"), ("stripe-signature", signature.as_str())];
    // As the provider does it: by the edge.
    let answer = client.at_edge(Method::POST, "/v1/webhooks/payments", &headers, body.into_bytes());
    done(answer, &[200]).map(|answer| answer.data())
}
