//! The relay: an HTTP mail API on the loopback interface that hands over to an SMTP server.

use std::collections::BTreeMap;

use aw_model::names::{MAIL, MAIL_KEY, MAIL_URL};
use aw_native::{Native, Running, Settings, serve};
use aw_platform::{
    ApiError, App, Body, Caps, Collected, Error, Platform, PlatformExt, Request, Response, Result,
    http::{Method, header},
};
use aw_trust::compare;
use lettre::{AsyncTransport, Message, message::MultiPart, message::header::MessageId};
use serde::Deserialize;

use crate::server::{self, Transport};

/// The secret that the relay's caller has to know.
const CALLER: &str = "relay-key";
/// The longest mail, in bytes of its JSON.
const MOST: usize = 1_000_000;

/// The app.
pub struct Relay {
    transport: Transport,
    key: Vec<u8>,
}

/// A mail, as the HTTP mail API has it.
#[derive(Deserialize)]
struct Mail {
    from: String,
    to: Vec<String>,
    subject: String,
    text: String,
    html: String,
}

/// Starts a relay to the SMTP server at `url`, and makes it the origin's HTTP mail API.
pub(crate) fn start(settings: &mut Settings, url: &str) -> std::result::Result<Running, String> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|e| format!("the system has no randomness: {e}"))?;
    let key: String = random.iter().map(|b| format!("{b:02x}")).collect();
    // The password, which a server of one's own may not ask for.
    let password = settings.secrets.0.insert(MAIL_KEY.to_owned(), key.clone()).unwrap_or_default();
    let relay = Settings {
        threads: 1,
        stores: Vec::new(),
        config: BTreeMap::from([(MAIL_URL.to_owned(), url.to_owned())]),
        secrets: BTreeMap::from([(CALLER.to_owned(), key), (MAIL_KEY.to_owned(), password)]).into(),
        ..Settings::default()
    };
    let running = serve::<Relay>(relay).map_err(|why| format!("config.{MAIL_URL}: {why}"))?;
    let at = format!("http://{}", running.addr());
    settings.config.insert(MAIL_URL.to_owned(), format!("{at}/emails"));
    settings.backends.insert(MAIL.to_owned(), at);
    Ok(running)
}

impl App<Native> for Relay {
    const NEEDS: Caps = Caps::NONE;

    async fn build(p: &Native) -> Result<Self> {
        let password = match p.secret(MAIL_KEY).await {
            Ok(secret) => String::from_utf8_lossy(secret.expose()).into_owned(),
            Err(Error::Missing(_)) => String::new(),
            Err(error) => return Err(error),
        };
        let transport = server::connect(&p.require_config(MAIL_URL).await?, &password).map_err(Error::internal)?;
        Ok(Self { transport, key: p.secret(CALLER).await?.expose().to_vec() })
    }

    async fn handle(&self, p: &Native, request: Request<Native>) -> Response<Native> {
        let id = aw_platform::request_id(p, request.headers().get(aw_platform::REQUEST_ID));
        match self.relay(request).await {
            Ok(said) => {
                let mut response = Response::<Native>::new(Body::from(said));
                response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
                response
            }
            Err(error) => error.into_response(&id),
        }
    }
}

impl Relay {
    async fn relay(&self, request: Request<Native>) -> std::result::Result<String, ApiError> {
        let (head, body) = request.into_parts();
        let given = head.headers.get(header::AUTHORIZATION).map(header::HeaderValue::as_bytes).unwrap_or_default();
        if !compare::equal(given, &[b"Bearer ", &self.key[..]].concat()) {
            return Err(ApiError::unauthorized("MAIL_KEY_WRONG", "this relay is the origin's"));
        }
        if head.method != Method::POST || head.uri.path() != "/emails" {
            return Err(ApiError::not_found("there is POST /emails"));
        }
        let Ok(Collected::All(body)) = body.collect(MOST).await else {
            return Err(ApiError::body_too_large(MOST as u64));
        };
        let id = head.headers.get("idempotency-key").and_then(|id| id.to_str().ok());
        let message = message(&body, id).map_err(|why| ApiError::new(422, "MAIL_INVALID", why))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(serde_json::json!({ "id": id }).to_string()),
            // The server will never take this one (RFC 5321, section 4.2.1); but a login that failed says nothing of it.
            Err(error) if error.is_permanent() && !is_login(&error) => {
                Err(ApiError::new(422, "MAIL_REFUSED", error.to_string()))
            }
            Err(error) => Err(ApiError::new(503, "MAIL_NOT_SENT", error.to_string())),
        }
    }
}

/// Whether a reply is about who we are (RFC 4954, section 6) and not about the mail.
fn is_login(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538))
}

/// The message: both forms of its text, and an id by which a mail that is sent twice is known as one.
fn message(body: &[u8], id: Option<&str>) -> std::result::Result<Message, String> {
    let mail: Mail = serde_json::from_slice(body).map_err(|e| e.to_string())?;
    let from: lettre::message::Mailbox = mail.from.parse().map_err(|e| format!("from: {e}"))?;
    let domain = from.email.domain().to_owned();
    let mut builder = Message::builder().from(from).subject(mail.subject);
    for to in &mail.to {
        builder = builder.to(to.parse().map_err(|e| format!("to: {e}"))?);
    }
    if let Some(id) = id.filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')) {
        builder = builder.header(MessageId::from(format!("<{id}@{domain}>")));
    }
    builder.multipart(MultiPart::alternative_plain_html(mail.text, mail.html)).map_err(|e| e.to_string())
}
