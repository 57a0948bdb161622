//! The SMTP server that mail is handed to.

use std::{net::IpAddr, time::Duration};

use lettre::{
    AsyncSmtpTransport, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use url::{Host, Url};

/// How long the server may take for any one step.
const PATIENCE: Duration = Duration::from_secs(12);

pub(crate) type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// The transport to the server that `url` names; `password` is its user's.
///
/// # Errors
/// One line that names what is wrong.
pub(crate) fn connect(url: &str, password: &str) -> Result<Transport, String> {
    let wrong = |why: &str| format!("{why}: write smtp://[USER@]HOST[:PORT] or smtps://[USER@]HOST[:PORT]");
    // `url` has no special knowledge of smtp: host and user come out as they were written.
    let parsed = Url::parse(url).map_err(|e| wrong(&e.to_string()))?;
    if parsed.password().is_some() {
        return Err("the password is in the URL: it belongs into the secret mail-key".to_owned());
    }
    if !matches!(parsed.path(), "" | "/") || parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(wrong("there is something behind the host"));
    }
    let host = parsed.host().ok_or_else(|| wrong("there is no host"))?.to_owned();
    let name = match &host {
        Host::Domain(name) => (*name).to_owned(),
        Host::Ipv4(ip) => ip.to_string(),
        Host::Ipv6(ip) => ip.to_string(),
    };
    let tls = || TlsParameters::new(name.clone()).map_err(|e| format!("TLS: {e}"));
    let (tls, port) = match parsed.scheme() {
        "smtps" => (Tls::Wrapper(tls()?), 465),
        "smtp" if is_loopback(&name) => (Tls::None, 587),
        "smtp" => (Tls::Required(tls()?), 587),
        other => return Err(wrong(other)),
    };
    let mut builder =
        Transport::builder_dangerous(name).port(parsed.port().unwrap_or(port)).tls(tls).timeout(Some(PATIENCE));
    if !parsed.username().is_empty() {
        let user = percent_encoding::percent_decode_str(parsed.username()).decode_utf8();
        let user = user.map_err(|_| wrong("the user is not UTF-8"))?.into_owned();
        builder = builder.credentials(Credentials::new(user, password.to_owned()));
    }
    Ok(builder.build())
}

/// Whether nobody else can listen on the way there.
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_server() {
        for good in ["smtp://127.0.0.1:2525", "smtps://mail.example", "smtp://ada%40press.example@mail.example:587/"] {
            assert!(connect(good, "x").is_ok(), "{good}");
        }
        for (bad, word) in [
            ("smtp://ada:secret@mail.example", "mail-key"),
            ("smtp://mail.example/inbox", "behind"),
            ("smtp://", "host"),
            ("imap://mail.example", "imap"),
        ] {
            let why = connect(bad, "x").expect_err(bad);
            assert!(why.contains(word), "{why}");
        }
        assert!(is_loopback("::1") && is_loopback("127.0.0.9") && !is_loopback("10.0.0.1"));
    }
}
