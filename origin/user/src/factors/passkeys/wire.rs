//! What browsers take and give, in the JSON forms of WebAuthn Level 3 (sections 5.1.8 to 5.1.10): bytes as base64url.

use aw_platform::ApiError;
use data_encoding::BASE64URL_NOPAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `PublicKeyCredentialCreationOptionsJSON`, for `navigator.credentials.create`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreationOptions {
    pub(super) rp: Rp,
    pub(super) user: UserEntity,
    pub(super) challenge: String,
    pub(super) pub_key_cred_params: Vec<Parameter>,
    /// In milliseconds.
    pub(super) timeout: u32,
    pub(super) exclude_credentials: Vec<Descriptor>,
    pub(super) authenticator_selection: Selection,
    /// `none`
    pub(super) attestation: &'static str,
}

/// The tenant, to an authenticator.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Rp {
    pub(super) id: String,
    pub(super) name: String,
}

/// The account, to an authenticator.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserEntity {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) display_name: String,
}

/// An algorithm that is taken.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Parameter {
    pub(super) r#type: &'static str,
    pub(super) alg: i64,
}

/// A credential that is there.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Descriptor {
    pub(super) r#type: &'static str,
    pub(super) id: String,
    pub(super) transports: Vec<String>,
}

/// What an authenticator should be able to do.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selection {
    pub(super) resident_key: &'static str,
    pub(super) user_verification: &'static str,
}

/// `PublicKeyCredentialRequestOptionsJSON`, for `navigator.credentials.get`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestOptions {
    pub(super) challenge: String,
    /// In milliseconds.
    pub(super) timeout: u32,
    pub(super) rp_id: String,
    pub(super) allow_credentials: Vec<Descriptor>,
    pub(super) user_verification: &'static str,
}

/// The options that make a passkey.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreationAnswer {
    pub(super) public_key: CreationOptions,
}

/// The options that use one.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestAnswer {
    pub(super) public_key: RequestOptions,
}

/// `RegistrationResponseJSON`. What else a browser says is left out.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Registration {
    /// base64url.
    #[schemars(length(min = 1, max = 1364))]
    pub(super) id: String,
    pub(super) response: Attestation,
}

/// `AuthenticatorAttestationResponseJSON`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attestation {
    /// base64url.
    #[serde(rename = "clientDataJSON")]
    pub(super) client_data: String,
    /// base64url.
    pub(super) attestation_object: String,
    /// How it is reached, such as `usb` or `internal`.
    #[serde(default)]
    pub(super) transports: Vec<String>,
}

/// `AuthenticationResponseJSON`. What else a browser says is left out.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Assertion {
    /// base64url.
    #[schemars(length(min = 1, max = 1364))]
    pub(super) id: String,
    pub(super) response: AssertionResponse,
}

/// `AuthenticatorAssertionResponseJSON`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssertionResponse {
    /// base64url.
    #[serde(rename = "clientDataJSON")]
    pub(super) client_data: String,
    /// base64url.
    pub(super) authenticator_data: String,
    /// base64url.
    pub(super) signature: String,
    /// base64url: whose it is, where the browser found the credential itself.
    pub(super) user_handle: Option<String>,
}

pub(super) fn base64url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// The bytes of a field.
///
/// # Errors
/// 422 `AUTH_PASSKEY_INVALID`.
pub(super) fn bytes(field: &str) -> Result<Vec<u8>, ApiError> {
    let why = "a part of the credential is no base64url without padding";
    BASE64URL_NOPAD.decode(field.as_bytes()).map_err(|_| ApiError::new(422, "AUTH_PASSKEY_INVALID", why))
}
