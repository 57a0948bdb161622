//! What providers say, and how they are asked.

use std::time::Duration;

use aw_model::names::IDENTITY;
use aw_platform::{
    ApiError, Backend, Body, Collected, Error, FetchOptions, Sql, SqlExt, SqlPlatform,
    http::{HeaderValue, Method, Request, Uri, header},
};
use bytes::Bytes;
use serde::Deserialize;

use super::jwks::Jwks;
use crate::factors::visit::Visit;

/// The longest answer of a provider, in bytes.
const LONGEST: usize = 128 * 1024;
/// How long a provider may think.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a document is good, in seconds.
const GOOD: i64 = 600;
/// How soon keys are asked for again where one is not among them, in seconds: a token may name keys at random.
const AGAIN: i64 = 30;

/// OpenID Connect Discovery 1.0, section 3: what is needed of it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Discovery {
    issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    #[serde(default)]
    pub(super) token_endpoint_auth_methods_supported: Vec<String>,
    /// RFC 9207.
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

/// Why a provider's answer cannot be used.
#[derive(Debug)]
pub(super) struct Unusable(pub(super) String);

impl Unusable {
    /// For somebody who logs in: it is not their fault, and the details are not their business.
    pub(super) fn into_error(self) -> ApiError {
        let why = "the identity provider cannot be reached, or does not answer as it should; try again soon";
        ApiError::new(502, "AUTH_PROVIDER_UNREACHABLE", why)
    }
}

impl From<Unusable> for ApiError {
    fn from(unusable: Unusable) -> Self {
        unusable.into_error()
    }
}

impl From<Error> for Unusable {
    fn from(error: Error) -> Self {
        match error {
            Error::Missing(what) => Self(format!("this deployment reaches no identity providers: {what} is missing")),
            Error::Timeout => Self("it took too long".to_owned()),
            other => Self(other.to_string()),
        }
    }
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// A provider's discovery document.
    pub(super) async fn discovery(&self, issuer: &str) -> Result<Discovery, Unusable> {
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let json = self.document(&url, GOOD).await?;
        let found: Discovery =
            serde_json::from_str(&json).map_err(|e| Unusable(format!("{url} is no discovery document: {e}")))?;
        // Section 4.3: exactly, or anybody's document would do.
        if found.issuer != issuer {
            return Err(Unusable(format!("{url} is of the issuer {:?}, and not of {issuer:?}", found.issuer)));
        }
        let plain = issuer.starts_with("http://");
        for url in [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri] {
            let safe = url.starts_with("https://") || (plain && url.starts_with("http://"));
            if !safe || url.len() > 1000 || url.contains('#') || url.parse::<Uri>().is_err() {
                return Err(Unusable(format!("the discovery document names {url:?}, which is no https address")));
            }
        }
        Ok(found)
    }

    /// A provider's keys; where `fresh`, not those from half a minute ago.
    pub(super) async fn jwks(&self, url: &str, fresh: bool) -> Result<Jwks, Unusable> {
        let json = self.document(url, if fresh { AGAIN } else { GOOD }).await?;
        Jwks::parse(&json).ok_or_else(|| Unusable(format!("{url} is no set of keys")))
    }

    /// A document no older than so many seconds.
    async fn document(&self, url: &str, age: i64) -> Result<String, Unusable> {
        let find = "SELECT json FROM provider_documents \
            WHERE url = $1::text AND fetched_at > now() - $2::bigint * interval '1 second'";
        if let Some(row) = self.sql.query_opt(find, &[url.into(), age.into()]).await? {
            return Ok(row.text(0)?.to_owned());
        }
        let request = Request::get(url).header(header::ACCEPT, "application/json").body(Body::Empty);
        let (status, body) = self.ask(request.map_err(|e| Unusable(e.to_string()))?).await?;
        let json = String::from_utf8(body.into())
            .ok()
            .filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
        let (200, Some(json)) = (status, json) else {
            return Err(Unusable(format!("{url} answers {status} and no JSON document")));
        };
        let keep = "INSERT INTO provider_documents (url, json) VALUES ($1::text, $2::text) \
            ON CONFLICT (url) DO UPDATE SET json = excluded.json, fetched_at = now()";
        self.sql.execute(keep, &[url.into(), (&json).into()]).await?;
        Ok(json)
    }

    /// Posts a form; the status and the JSON that is answered.
    pub(super) async fn post_form(
        &self,
        url: &str,
        authorization: Option<HeaderValue>,
        form: String,
    ) -> Result<(u16, Bytes), Unusable> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(url)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .map_err(|e| Unusable(e.to_string()))?;
        if let Some(value) = authorization {
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        self.ask(request).await
    }

    async fn ask(&self, request: aw_platform::Request<P>) -> Result<(u16, Bytes), Unusable> {
        let options = FetchOptions { first_byte: PATIENCE };
        let response = self.p.fetch(Backend(IDENTITY), request, options).await?;
        let status = response.status().as_u16();
        match response.into_body().collect(LONGEST).await? {
            Collected::All(body) => Ok((status, body)),
            Collected::TooLarge => Err(Unusable(format!("the answer is longer than {LONGEST} bytes"))),
        }
    }
}
