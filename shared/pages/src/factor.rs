//! The second step of a login, and what it is set up with.

use maud::html;

use crate::layout::Layout;

/// What the form for a second factor shows.
#[derive(Clone, Copy, Debug)]
pub struct FactorPage<'a> {
    /// Goes into the hidden field `csrf`.
    pub csrf: &'a str,
    /// A local path to go to afterwards.
    pub next: &'a str,
    /// What the first step gave.
    pub challenge: &'a str,
    /// What is taken: some of `totp`, `recovery` and `passkey`, with spaces between.
    pub factors: &'a str,
    /// Why the last try failed.
    pub error: Option<&'a str>,
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page that asks for a second factor.
pub fn factor_page(page: &FactorPage<'_>) -> String {
    let has = |name: &str| page.factors.split(' ').any(|factor| factor == name);
    let (totp, recovery) = (has("totp"), has("recovery"));
    let layout = Layout {
        tenant_name: page.tenant_name,
        title: "One more step",
        private: true,
        script: true,
        ..Layout::default()
    };
    let label = match (totp, recovery) {
        (true, true) => "Code of your app, or a recovery code",
        (true, false) => "Code of your app",
        _ => "Recovery code",
    };
    layout.render(html! {
        h1 { "One more step" }
        @if let Some(why) = page.error { p class="error" role="alert" { (why) } }
        @if has("passkey") {
            div #passkey hidden {
                button type="button" data-next=(page.next) data-challenge=(page.challenge) { "Use a passkey" }
                p class="error" role="alert" hidden {}
            }
        }
        @if totp || recovery {
            form method="post" action="/login/factor" {
                input type="hidden" name="csrf" value=(page.csrf);
                input type="hidden" name="next" value=(page.next);
                input type="hidden" name="challenge" value=(page.challenge);
                input type="hidden" name="factors" value=(page.factors);
                label { (label) input type="text" name="code" required autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="32"; }
                button { "Log in" }
            }
        }
        p { a href="/login" { "Begin anew" } }
    })
}

/// What the page for passkeys and codes shows.
#[derive(Clone, Copy, Debug)]
pub struct SecurityPage<'a> {
    /// The tenant's name.
    pub tenant_name: &'a str,
}

/// The page where passkeys and codes are set up. Its script fills it in.
pub fn security_page(page: &SecurityPage<'_>) -> String {
    let layout = Layout {
        tenant_name: page.tenant_name,
        title: "Passkeys and codes",
        private: true,
        script: true,
        ..Layout::default()
    };
    layout.render(html! {
        h1 { "Passkeys and codes" }
        noscript { p { "This page needs JavaScript." } }
        p #problem class="error" role="alert" hidden {}
        div #security hidden {
            section aria-labelledby="h-passkeys" {
                h2 #h-passkeys { "Passkeys" }
                p { "A passkey logs you in with your device or a security key. Nobody can guess it or lure it from you." }
                ul #passkeys {}
                form #passkey-add {
                    label { "Name" input type="text" name="name" required maxlength="100" value="Passkey"; }
                    button { "Add a passkey" }
                }
            }
            section aria-labelledby="h-totp" {
                h2 #h-totp { "Codes of an app" }
                form #totp-begin hidden { button { "Set up codes" } }
                div #totp-new hidden {
                    img #totp-qr alt="The secret as a QR code" width="240" height="240";
                    p { "Put this secret into your app, or " a #totp-uri href="#" { "open it there" } ": " code #totp-secret {} }
                }
                form #totp-confirm hidden {
                    label { "The code that your app shows" input type="text" name="code" required inputmode="numeric" autocomplete="one-time-code" maxlength="16"; }
                    button { "Turn codes on" }
                }
                form #totp-disable hidden {
                    label { "Your password" input type="password" name="password" required autocomplete="current-password" maxlength="1024"; }
                    button { "Turn codes off" }
                }
            }
            section aria-labelledby="h-recovery" {
                h2 #h-recovery { "Recovery codes" }
                p #recovery-left {}
                form #recovery-renew hidden { button { "Make new ones" } }
                div #recovery-new hidden {
                    p { "Keep these where you will find them. Each logs you in once, and they are shown only now." }
                    ul #recovery-codes {}
                }
            }
        }
    })
}
