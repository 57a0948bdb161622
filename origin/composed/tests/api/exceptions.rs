//! Where the description alone does not say what happens, each with the reason. One that is not met any more is a fault.

use std::collections::BTreeSet;

/// Operation, status and code of a refusal that is not about who asks, and why.
pub(crate) const ALL: [(&str, u16, &str, &str); 2] = [
    ("endProviderLogin", 401, "AUTH_PROVIDER_STATE_INVALID", "what the provider sent back is made up"),
    ("getPublishedChapter", 401, "CONTENT_ACCESS_LOGIN_REQUIRED", "the chapter is for members: the paywall"),
];

/// Where second factors and passkeys are seen to work.
const FACTORS: &str = "takes an app's code or an authenticator's answer: origin/user/tests/factors";

/// Operations that succeed for nobody here, and where they are seen to succeed.
pub(crate) const UNREACHED: [(&str, &str); 7] = [
    ("addPasskey", FACTORS),
    ("confirmTotp", FACTORS),
    ("disableTotp", FACTORS),
    ("endProviderLogin", "takes a provider's code: origin/user/tests/factors"),
    ("loginWithPasskey", FACTORS),
    ("proveFactor", FACTORS),
    ("renewRecoveryCodes", FACTORS),
];

/// Which of them were met.
#[derive(Default)]
pub(crate) struct Found {
    refusals: BTreeSet<usize>,
    unreached: BTreeSet<usize>,
}

impl Found {
    /// Whether the refusal is listed.
    pub(crate) fn excused(&mut self, operation: &str, status: u16, code: &str) -> bool {
        let place = ALL.iter().position(|(id, s, c, _)| (*id, *s, *c) == (operation, status, code));
        self.refusals.extend(place);
        place.is_some()
    }

    /// Whether the operation is listed as one that succeeds for nobody.
    pub(crate) fn unreached(&mut self, operation: &str) -> bool {
        let place = UNREACHED.iter().position(|(id, _)| *id == operation);
        self.unreached.extend(place);
        place.is_some()
    }

    /// What is listed for nothing.
    pub(crate) fn stale(&self) -> Vec<String> {
        let refusals = (0..ALL.len()).filter(|n| !self.refusals.contains(n)).map(|n| format!("{:?}", ALL[n]));
        let unreached =
            (0..UNREACHED.len()).filter(|n| !self.unreached.contains(n)).map(|n| format!("{:?}", UNREACHED[n]));
        refusals.chain(unreached).map(|line| format!("an exception that is none: {line}")).collect()
    }
}
