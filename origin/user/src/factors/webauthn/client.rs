//! The browser's part: `CollectedClientData` (section 5.8.1).

use serde::Deserialize;

use super::Refusal;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// A credential is made.
    Create,
    /// It is used.
    Get,
}

/// What the browser said. It may say more, and will.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientData {
    r#type: String,
    /// base64url.
    pub(super) challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

/// Reads and checks it. A ceremony in another site's frame is refused: nobody can see there who asks.
pub(super) fn read(json: &[u8], ceremony: Ceremony, origin: &str) -> Result<ClientData, Refusal> {
    let client: ClientData =
        serde_json::from_slice(json).map_err(|_| Refusal("clientDataJSON is not as it should be"))?;
    let expected = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if client.r#type != expected {
        return Err(Refusal("clientDataJSON is of another ceremony"));
    }
    if client.origin != origin {
        return Err(Refusal("clientDataJSON names another origin"));
    }
    if client.cross_origin || client.top_origin.is_some() {
        return Err(Refusal("it was done in a frame of another site"));
    }
    Ok(client)
}
