//! Where the origin sends mail.

use aw_model::names;
use aw_runtimes::Launch;

use super::OriginOn;
use crate::{data::Secrets, failure::Failure};

/// Where mail goes; without it, nowhere: `authorworks mail` shows it.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct MailArgs {
    /// Send mail: https://HOST/PATH of an HTTP mail API, smtp://[USER@]HOST[:PORT] or smtps://[USER@]HOST[:PORT]; the
    /// key or password is `mail-key` in the data folder's secrets.json [default: keep it, for `authorworks mail`]
    #[arg(long, value_name = "URL", requires = "mail_from")]
    pub(crate) mail_url: Option<String>,
    /// The address that mail comes from
    #[arg(long, value_name = "ADDRESS", requires = "mail_url")]
    pub(crate) mail_from: Option<String>,
}

impl MailArgs {
    /// Tells the origin.
    ///
    /// # Errors
    /// The origin's platform cannot send it that way.
    pub(crate) fn tell(&self, secrets: &Secrets, on: OriginOn, origin: &mut Launch) -> Result<(), Failure> {
        let (Some(url), Some(from)) = (&self.mail_url, &self.mail_from) else {
            return Ok(());
        };
        let base = match url.split_once("://") {
            Some((scheme @ ("http" | "https"), rest)) => {
                format!("{scheme}://{}", rest.split('/').next().unwrap_or_default())
            }
            Some(("smtp" | "smtps", _)) if on == OriginOn::Native => String::new(),
            Some(("smtp" | "smtps", _)) => {
                let why = "components have no SMTP: name an HTTP mail API, or run the origin natively";
                return Err(Failure::Usage(format!("--mail-url {url}: {why}")));
            }
            _ => return Err(Failure::Usage(format!("--mail-url {url}: write https://, smtp:// or smtps://"))),
        };
        if secrets.mail_key.is_none() && !base.is_empty() {
            let why = "an HTTP mail API takes a key: write it into the data folder's secrets.json as \"mail-key\"";
            return Err(Failure::Usage(format!("--mail-url {url}: {why}")));
        }
        if !base.is_empty() {
            origin.backends.insert(names::MAIL.to_owned(), base);
        }
        origin.config.insert(names::MAIL_URL.to_owned(), url.clone());
        origin.config.insert(names::MAIL_FROM.to_owned(), from.clone());
        if let Some(key) = &secrets.mail_key {
            origin.secrets.insert(names::MAIL_KEY.to_owned(), key.clone());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(url: &str, on: OriginOn) -> Result<Launch, Failure> {
        told_with(Some("key"), url, on)
    }

    fn told_with(key: Option<&str>, url: &str, on: OriginOn) -> Result<Launch, Failure> {
        let secret = || "x".repeat(32);
        let secrets = Secrets {
            edge_key: secret(),
            master_key: secret(),
            s3_secret_key: secret(),
            database_password: secret(),
            mail_key: key.map(str::to_owned),
        };
        let args = MailArgs { mail_url: Some(url.into()), mail_from: Some("a@b.c".into()) };
        let mut launch = Launch::default();
        args.tell(&secrets, on, &mut launch).map(|()| launch)
    }

    #[test]
    fn an_api_is_a_backend_and_smtp_is_native() {
        let launch = told("https://api.example/emails", OriginOn::Spin).unwrap();
        assert_eq!((&*launch.backends["mail"], &*launch.secrets["mail-key"]), ("https://api.example", "key"));
        assert!(told("smtp://mail.example", OriginOn::Native).unwrap().backends.is_empty());
        for (url, on) in [("smtp://mail.example", OriginOn::Spin), ("mail.example", OriginOn::Native)] {
            assert!(matches!(told(url, on), Err(Failure::Usage(_))), "{url}");
        }
        for on in [OriginOn::Spin, OriginOn::Native] {
            let Err(Failure::Usage(why)) = told_with(None, "https://api.example/emails", on) else { panic!("no key") };
            assert!(why.contains("mail-key"), "{why}");
        }
        assert!(told_with(None, "smtp://mail.example", OriginOn::Native).is_ok(), "a relay may ask for none");
    }
}
