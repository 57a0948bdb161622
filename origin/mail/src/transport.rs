//! The way out: none, or an HTTP mail API.
//!
//! The API is the shape of Resend's `POST /emails`: JSON `{from, to: [address], subject, text, html}`, `Authorization:
//! Bearer KEY`, `Idempotency-Key`, so that a mail whose answer was lost is sent once. 200 or 201 is taken as sent. A
//! native origin speaks SMTP through a relay of its own that has this very shape.

use std::time::Duration;

use aw_model::names::{MAIL, MAIL_FROM, MAIL_KEY, MAIL_URL};
use aw_platform::{
    Backend, Body, Error, FetchOptions, Platform, Result, Secret,
    http::{self, HeaderValue, header},
};
use serde_json::json;

use crate::claim::Claimed;

/// How long the API may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Nowhere: it is kept, for the operator to read.
    Kept,
    /// To an HTTP mail API, through the backend `mail`.
    Api(Api),
}

/// An HTTP mail API.
#[derive(Clone, Debug)]
pub struct Api {
    path: String,
    from: String,
    key: Secret,
}

/// How an attempt went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The API took it.
    Sent,
    /// The API will never take this one.
    Refused(String),
    /// Not now.
    Failed(String),
}

impl Transport {
    /// The transport of the settings `mail-url` and `mail-from` and the secret `mail-key`.
    ///
    /// # Errors
    /// `mail-url` is not `http://` or `https://`, or what goes with it is missing; the message names it.
    pub async fn configured<P: Platform>(p: &P) -> Result<Self> {
        let Some(url) = p.config(MAIL_URL).await?.filter(|url| !url.trim().is_empty()) else { return Ok(Self::Kept) };
        let path = path(url.trim()).ok_or_else(|| {
            let why = "is no http://HOST/PATH or https://HOST/PATH; SMTP is for native origins only";
            Error::internal(format!("the setting {MAIL_URL} {why}"))
        })?;
        let from = p.config(MAIL_FROM).await?.map(|from| from.trim().to_owned()).filter(|from| is_address(from));
        let from = from.ok_or_else(|| {
            Error::Missing(format!("the setting {MAIL_FROM}: an address such as books@press.example").into())
        })?;
        Ok(Self::Api(Api { path, from, key: p.secret(MAIL_KEY).await? }))
    }
}

impl Api {
    /// Sends one mail.
    pub(crate) async fn send<P: Platform>(&self, p: &P, mail: &Claimed) -> Outcome {
        match self.post(p, mail).await {
            Ok((200..=299, _)) => Outcome::Sent,
            // What is wrong with this mail stays wrong. What is wrong with the key, the rate or the API does not.
            Ok((status @ (400 | 413 | 422), said)) => Outcome::Refused(format!("{status}: {said}")),
            Ok((status, said)) => Outcome::Failed(format!("{status}: {said}")),
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }

    async fn post<P: Platform>(&self, p: &P, mail: &Claimed) -> Result<(u16, String)> {
        let body = json!({
            "from": format!("{} <{}>", quoted(&mail.sender), self.from),
            "to": [mail.address],
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
        });
        let mut request = http::Request::new(Body::from(body.to_string()));
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = self.path.parse().map_err(|_| Error::internal("the path of mail-url"))?;
        let headers = request.headers_mut();
        let bearer = [b"Bearer ", self.key.expose()].concat();
        let mut bearer = HeaderValue::from_bytes(&bearer).map_err(|_| Error::internal("mail-key is no header"))?;
        bearer.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, bearer);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static("AuthorWorks"));
        let id = HeaderValue::from_str(&mail.id).map_err(|_| Error::internal("a mail's id"))?;
        headers.insert("idempotency-key", id);
        let response = p.fetch(Backend(MAIL), request, FetchOptions { first_byte: PATIENCE }).await?;
        let status = response.status().as_u16();
        let said = response.into_body().bytes(4096).await.unwrap_or_default();
        Ok((status, String::from_utf8_lossy(&said).into_owned()))
    }
}

/// A display name as a quoted string (RFC 5322, section 3.2.4).
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

fn path(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    (plain && !rest.starts_with('/') && !rest.is_empty()).then(|| path.to_owned())
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_graphic() && !b"<>,;\"\\@".contains(&b));
        plain(local) && plain(domain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_path_and_an_address_is_one() {
        assert_eq!(path("https://api.example/emails").as_deref(), Some("/emails"));
        assert_eq!(path("http://127.0.0.1:9").as_deref(), Some("/"));
        for wrong in ["smtp://x", "https://", "https:///x", "x", "https://x/a b"] {
            assert_eq!(path(wrong), None, "{wrong}");
        }
        assert!(is_address("books@press.example"));
        for wrong in ["", "books", "@press", "a@b@c", "Press <a@b.c>", "a@b, c@d"] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(quoted(r#"A "B" <c@d>, \"#), r#""A \"B\" <c@d>, \\""#);
    }
}
