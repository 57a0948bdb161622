//! The tokens in an answer to a login, registration or refresh.

use aw_edge_core::Call;
use aw_platform::{Bytes, Envelope, Platform, Response};
use serde::{Deserialize, Serialize};

/// What a browser keeps as cookies and a program in its memory.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    user: User,
    token_type: String,
    expires_in: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    id: String,
    email: String,
    #[serde(default)]
    email_verified: bool,
    display_name: String,
    roles: Vec<String>,
    entitlements: Vec<String>,
}

#[derive(Deserialize)]
struct Enveloped {
    data: Tokens,
}

/// An answer without the tokens.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Without<'a> {
    user: &'a User,
    token_type: &'a str,
    expires_in: u64,
}

impl Tokens {
    /// The tokens of an answer; `None` where it has none.
    pub(crate) fn read(answer: &Bytes) -> Option<Self> {
        serde_json::from_slice(answer).map(|Enveloped { data }| data).ok()
    }

    /// The answer without the tokens: what came as a cookie goes back as a cookie only, out of scripts' reach.
    pub(crate) fn without<P: Platform>(&self, call: &Call<P>) -> Response<P> {
        let data = Without { user: &self.user, token_type: &self.token_type, expires_in: self.expires_in };
        Envelope::new(data, &call.id, call.platform.now()).into_response(200)
    }
}
