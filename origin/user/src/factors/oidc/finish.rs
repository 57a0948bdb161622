//! Back from a provider.

use aw_platform::{ApiError, Error, SqlExt, SqlPlatform, http::HeaderValue};
use aw_trust::{compare, sealed};
use data_encoding::BASE64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    documents::Discovery,
    id_token::{Claims, Expect, Refused, Unverified},
    provider::{self, Provider},
    start::{callback, context},
};
use crate::factors::{enter::Login, secret::hash, visit::Visit};

/// What a provider sent the browser back with, and what the browser had.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finish {
    #[schemars(length(min = 1, max = 4096))]
    code: String,
    #[schemars(length(max = 128))]
    state: String,
    /// From `start`.
    #[schemars(length(max = 128))]
    browser: String,
    /// The issuer, where the provider names it (RFC 9207).
    #[schemars(length(max = 500))]
    iss: Option<String>,
}

/// A login, and where to go.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProviderLogin {
    #[serde(flatten)]
    login: Login,
    /// A path of this site.
    next: String,
}

/// A login that was at a provider.
struct Begun {
    nonce: String,
    verifier: String,
    /// Where the browser was.
    origin: String,
    next: String,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

fn refused(Refused(why): Refused) -> ApiError {
    ApiError::unauthorized("AUTH_PROVIDER_TOKEN_INVALID", format!("the provider's token is not taken: {why}"))
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// `POST /v1/auth/oidc/NAME/finish`.
    pub(in crate::factors) async fn oidc_finish(&self, name: &str, given: Finish) -> Result<ProviderLogin, ApiError> {
        let buckets = self.count_address().await?;
        let provider = self.offered(name).await?;
        let begun = self.take_begun(name, &given).await?;
        let discovery = self.discovery(&provider.issuer).await?;
        let wrong_issuer = match &given.iss {
            Some(iss) => *iss != provider.issuer,
            None => discovery.authorization_response_iss_parameter_supported,
        };
        if wrong_issuer {
            return Err(refused(Refused("the answer is of another issuer")));
        }
        let token = self.exchange(&provider, &discovery, &begun, &given.code).await?;
        let claims = self.verified(&provider, &discovery, &begun, &token).await?;
        let user = self.identified(&provider.issuer, &claims).await?;
        let mut all = buckets.clone();
        // `start` counted too.
        all.extend(buckets);
        let login = self.enter_or_ask(&user, all).await?;
        Ok(ProviderLogin { login, next: begun.next })
    }

    /// Takes the login that a state stands for, whatever comes of it.
    async fn take_begun(&self, name: &str, given: &Finish) -> Result<Begun, ApiError> {
        let take = "DELETE FROM provider_logins WHERE hash = $1::bytea AND provider = $2::text \
            AND expires_at > now() RETURNING host, browser, nonce, verifier, next";
        let row = self.sql.query_opt(take, &[hash(&given.state), name.into()]).await?;
        let gone = || {
            let why = "this login took too long, was ended before, or was begun in another browser: begin it anew";
            ApiError::unauthorized("AUTH_PROVIDER_STATE_INVALID", why)
        };
        let row = row.ok_or_else(gone)?;
        let place = self.place().await?;
        if !compare::equal(row.bytes(1)?, &Sha256::digest(&given.browser)) || row.text(0)? != place.origin {
            return Err(gone());
        }
        let verifier = sealed::open(self.secrets.vault(), &context(self.tenant), row.bytes(3)?);
        let verifier = verifier.and_then(|verifier| String::from_utf8(verifier).ok()).ok_or_else(gone)?;
        Ok(Begun { nonce: row.text(2)?.to_owned(), verifier, origin: place.origin, next: row.text(4)?.to_owned() })
    }

    /// The ID token that a code buys (section 3.1.3).
    async fn exchange(
        &self,
        provider: &Provider,
        discovery: &Discovery,
        begun: &Begun,
        code: &str,
    ) -> Result<String, ApiError> {
        let secret = provider.sealed.as_ref().map(|sealed| {
            let opened = sealed::open(self.secrets.vault(), &provider::context(self.tenant, &provider.name), sealed);
            let opened = opened.and_then(|secret| String::from_utf8(secret).ok());
            opened.ok_or_else(|| Error::internal("a client secret does not open: was master-key changed?"))
        });
        let secret = secret.transpose()?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &callback(&begun.origin, &provider.name))
            .append_pair("code_verifier", &begun.verifier);
        // Basic is what a document that names no way means (Discovery, section 3).
        let ways = &discovery.token_endpoint_auth_methods_supported;
        let has = |way: &str| ways.iter().any(|w| w == way);
        let basic = ways.is_empty() || has("client_secret_basic") || !has("client_secret_post");
        let authorization = match &secret {
            Some(secret) if basic => Some(basic_authorization(&provider.client_id, secret)?),
            Some(secret) => {
                form.append_pair("client_id", &provider.client_id).append_pair("client_secret", secret);
                None
            }
            None => {
                form.append_pair("client_id", &provider.client_id);
                None
            }
        };
        let (status, body) = self.post_form(&discovery.token_endpoint, authorization, form.finish()).await?;
        match serde_json::from_slice::<TokenAnswer>(&body) {
            Ok(answer) if status == 200 => Ok(answer.id_token),
            _ => {
                let why = "the provider does not take the code that it gave: begin the login anew";
                Err(ApiError::unauthorized("AUTH_PROVIDER_CODE_REFUSED", why))
            }
        }
    }

    /// What a token says, once it is known to be the provider's. Keys that are not known are asked for anew: providers
    /// change theirs.
    async fn verified(
        &self,
        provider: &Provider,
        discovery: &Discovery,
        begun: &Begun,
        token: &str,
    ) -> Result<Claims, ApiError> {
        let token = Unverified::read(token).map_err(refused)?;
        let find = |keys: &super::jwks::Jwks| keys.find(token.kid.as_deref(), token.algorithm);
        let mut key = find(&self.jwks(&discovery.jwks_uri, false).await?);
        if key.is_none() {
            key = find(&self.jwks(&discovery.jwks_uri, true).await?);
        }
        let key = key.ok_or_else(|| refused(Refused("none of the provider's keys has signed it")))?;
        let expect = Expect {
            issuer: &provider.issuer,
            client_id: &provider.client_id,
            nonce: &begun.nonce,
            now_s: self.p.now() / 1000,
        };
        token.verify(&key, &expect).map_err(refused)
    }
}

/// RFC 6749, section 2.3.1: both halves are form-encoded first.
fn basic_authorization(id: &str, secret: &str) -> Result<HeaderValue, Error> {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let value = format!("Basic {}", BASE64.encode(format!("{}:{}", encoded(id), encoded(secret)).as_bytes()));
    let mut value = HeaderValue::from_str(&value).map_err(|e| Error::internal(e.to_string()))?;
    value.set_sensitive(true);
    Ok(value)
}
