//! What is written to people about their accounts.

use aw_mail::{Letter, Mail};
use aw_model::Tenant;

use crate::{account::Account, link::Purpose};

/// Who writes, and where links lead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Press<'a> {
    pub(crate) name: &'a str,
    pub(crate) base_url: &'a str,
}

impl<'a> From<&'a Tenant> for Press<'a> {
    fn from(tenant: &'a Tenant) -> Self {
        Self { name: &tenant.name, base_url: &tenant.base_url }
    }
}

/// How long a notice is worth sending, in seconds.
const NOTICE: i64 = 3 * 86_400;

/// No name: an account's is whatever somebody has typed, and a stranger's address may be what they typed beside it. A
/// press's mail says nothing that a stranger has written.
fn hello() -> String {
    "Hello,".to_owned()
}

impl Press<'_> {
    /// To prove the address of an account.
    pub(crate) fn verify(self, account: &Account, token: &str) -> Mail {
        let before =
            vec![hello(), format!("somebody, you we hope, has made an account with {} for this address.", self.name)];
        let after =
            vec!["The link is good for three days. If you have not made an account, you need do nothing.".to_owned()];
        let link = Some(("Confirm your address".to_owned(), self.link("verify", token)));
        self.mail("verify-email", &account.id, &account.email, "Confirm your address", (before, link, after))
    }

    /// To set a new password.
    pub(crate) fn reset(self, account: &Account, token: &str) -> Mail {
        let before =
            vec![hello(), format!("somebody has asked for a new password for your account with {}.", self.name)];
        let after = vec![
            "The link is good for an hour. If you have not asked, you need do nothing: your password stays.".to_owned(),
        ];
        let link = Some(("Set a new password".to_owned(), self.link("reset", token)));
        self.mail("reset-password", &account.id, &account.email, "Set a new password", (before, link, after))
    }

    /// To the new address: to prove it.
    pub(crate) fn change_email(self, account: &Account, to: &str, token: &str) -> Mail {
        let before = vec![hello(), format!("your account with {} is to have this address from now on.", self.name)];
        let after = vec!["The link is good for a day. If you have not asked for this, you need do nothing.".to_owned()];
        let link = Some(("Confirm your new address".to_owned(), self.link("confirm-email", token)));
        self.mail("change-email", &account.id, to, "Confirm your new address", (before, link, after))
    }

    /// To the old address: a notice.
    pub(crate) fn email_changed(self, user: &str, old: &str) -> Mail {
        let before = vec![
            hello(),
            format!("your account with {} has another e-mail address now; this one is its no more.", self.name),
            "If that was not you, somebody else has your account: answer this press at once.".to_owned(),
        ];
        self.mail("email-changed", user, old, "Your address was changed", (before, None, Vec::new()))
    }

    /// A notice.
    pub(crate) fn password_changed(self, account: &Account) -> Mail {
        let before = vec![
            hello(),
            format!("the password of your account with {} was changed.", self.name),
            "If that was not you, set a new one:".to_owned(),
        ];
        let link = Some(("Set a new password".to_owned(), format!("{}/forgot", self.base_url)));
        self.mail("password-changed", &account.id, &account.email, "Your password was changed", (before, link, vec![]))
    }

    /// A notice of another way into an account, or one less.
    pub(crate) fn factor_changed(self, account: &Account, said: &str) -> Mail {
        let before = vec![
            hello(),
            format!("your account with {} {said}.", self.name),
            "If that was not you, set a new password, and look at your passkeys and codes:".to_owned(),
        ];
        let link = Some(("Passkeys and codes".to_owned(), format!("{}/account/security", self.base_url)));
        self.mail("factor-changed", &account.id, &account.email, "Your account was changed", (before, link, vec![]))
    }

    fn link(self, page: &str, token: &str) -> String {
        // A token is base64url: nothing in it would be escaped.
        format!("{}/{page}?token={token}", self.base_url)
    }

    fn mail(
        self,
        template: &'static str,
        user: &str,
        to: &str,
        subject: &str,
        (before, link, after): (Vec<String>, Option<(String, String)>, Vec<String>),
    ) -> Mail {
        let life = match template {
            "verify-email" => Purpose::Verify.life(),
            "reset-password" => Purpose::Reset.life(),
            "change-email" => Purpose::Email.life(),
            _ => NOTICE,
        };
        Mail {
            template,
            user: Some(user.to_owned()),
            to: to.to_owned(),
            subject: format!("{subject} · {}", self.name),
            letter: Letter { before, link, after, sender: self.name.to_owned() },
            life,
        }
    }
}
