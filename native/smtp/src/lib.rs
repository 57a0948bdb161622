//! SMTP for native origins.
//!
//! Services send mail to an HTTP mail API (aw-mail) and know nothing else. Where the setting `mail-url` is
//! `smtp://[USER@]HOST[:PORT]` or `smtps://…`, [`prepare`] starts a relay on the loopback interface, with a key that
//! is made for it, and points the backend `mail` at it. `smtp` is submission with STARTTLS (RFC 6409, RFC 3207), port
//! 587, and is not sent in the clear but to this machine; `smtps` is TLS from the first byte (RFC 8314), port 465.

mod relay;
mod server;

use aw_model::names::{MAIL, MAIL_URL};
use aw_native::{Running, Settings};

pub use relay::Relay;

/// Makes a native origin's settings those of its services: what `mail-url` names becomes the backend `mail`, and SMTP
/// a relay, which runs for as long as what is given is kept.
///
/// # Errors
/// One line that names the setting and the remedy.
pub fn prepare(settings: &mut Settings) -> Result<Option<Running>, String> {
    let Some(text) = settings.config.get(MAIL_URL).map(|url| url.trim().to_owned()).filter(|url| !url.is_empty())
    else {
        return Ok(None);
    };
    let url = url::Url::parse(&text).map_err(|e| format!("config.{MAIL_URL}: {text:?}: {e}"))?;
    match url.scheme() {
        "https" | "http" => {
            settings.backends.entry(MAIL.to_owned()).or_insert_with(|| url.origin().ascii_serialization());
            Ok(None)
        }
        "smtp" | "smtps" => relay::start(settings, &text).map(Some),
        other => Err(format!("config.{MAIL_URL}: {other}: is no way to send mail; use https, smtp or smtps")),
    }
}
