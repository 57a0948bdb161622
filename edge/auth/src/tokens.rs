//! The tokens in an answer to a login, registration or refresh.

use aw_platform::Bytes;
use serde::Deserialize;
use serde_json::Value;

/// What a browser keeps as cookies and a program in its memory.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

#[derive(Deserialize)]
struct Enveloped {
    data: Tokens,
}

impl Tokens {
    /// The tokens of an answer; `None` where it has none.
    pub(crate) fn read(answer: &[u8]) -> Option<Self> {
        serde_json::from_slice(answer).map(|Enveloped { data }| data).ok()
    }
}

/// The answer without the tokens: what came as a cookie goes back as a cookie only, out of scripts' reach.
pub(crate) fn without(answer: &[u8]) -> Option<Bytes> {
    let mut json: Value = serde_json::from_slice(answer).ok()?;
    let data = json.get_mut("data")?.as_object_mut()?;
    data.remove("accessToken");
    data.remove("refreshToken");
    Some(json.to_string().into())
}
