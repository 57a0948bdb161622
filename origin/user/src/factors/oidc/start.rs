//! On the way to a provider.

use aw_platform::{ApiError, Sql, SqlPlatform, Value};
use aw_trust::sealed;
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::provider;
use crate::factors::{
    secret::{hash, random},
    visit::Visit,
};

/// How long somebody may stay at the provider, in seconds.
pub(super) const LIFE: i64 = 600;

/// Where to go afterwards.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    /// A path of this site; `/` where it is left out or is none.
    #[schemars(length(max = 2048))]
    next: Option<String>,
}

/// Where to send the browser, and what it must bring back.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Started {
    /// The provider's own page.
    url: String,
    /// A secret of the browser that began: without it nobody can end what it began.
    browser: String,
    /// In seconds.
    expires_in: i64,
}

/// A path of this site, whatever a browser makes of it.
fn local(next: Option<&str>) -> &str {
    let ok = |next: &&str| {
        let plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        next.len() <= 2048 && next.starts_with('/') && !next.starts_with("//") && plain
    };
    next.filter(ok).unwrap_or("/")
}

/// What the verifier is sealed for.
pub(super) fn context(tenant: &str) -> String {
    format!("provider login {tenant}")
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// The provider with this name, which is offered.
    pub(super) async fn offered(&self, name: &str) -> Result<provider::Provider, ApiError> {
        let found = provider::find(&self.sql, name).await?;
        let off = || ApiError::new(404, "AUTH_PROVIDER_NOT_FOUND", "there is no identity provider with this name");
        if found.enabled { Ok(found) } else { Err(off()) }
    }

    /// `POST /v1/auth/oidc/NAME/start`.
    pub(in crate::factors) async fn oidc_start(&self, name: &str, given: Start) -> Result<Started, ApiError> {
        self.count_address().await?;
        let provider = self.offered(name).await?;
        let place = self.place().await?;
        let discovery = self.discovery(&provider.issuer).await?;
        let (state, browser, nonce, verifier) = (self.token(), self.token(), self.token(), self.token());
        let sweep = "DELETE FROM provider_logins WHERE hash IN (SELECT hash FROM provider_logins \
            WHERE expires_at < now() ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED)";
        self.sql.execute(sweep, &[]).await?;
        let context = context(self.tenant);
        let sealed = sealed::seal(self.secrets.vault(), &context, verifier.as_bytes(), random(self.p));
        let row: [Value; 8] = [
            hash(&state),
            name.into(),
            (&place.origin).into(),
            hash(&browser),
            (&nonce).into(),
            Bytes::from(sealed).into(),
            local(given.next.as_deref()).into(),
            LIFE.into(),
        ];
        let insert = "INSERT INTO provider_logins (hash, provider, host, browser, nonce, verifier, next, expires_at) \
            VALUES ($1::bytea, $2::text, $3::text, $4::bytea, $5::text, $6::bytea, $7::text, \
                now() + $8::bigint * interval '1 second')";
        self.sql.execute(insert, &row).await?;
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(&verifier));
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &provider.client_id)
            .append_pair("redirect_uri", &callback(&place.origin, name))
            .append_pair("scope", "openid email profile")
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        let endpoint = discovery.authorization_endpoint;
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        Ok(Started { url: format!("{endpoint}{joint}{query}"), browser, expires_in: LIFE })
    }
}

/// Where a provider sends browsers back to.
pub(super) fn callback(origin: &str, name: &str) -> String {
    format!("{origin}/v1/auth/oidc/{name}/callback")
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(local(Some("/books/whale?x=1")), "/books/whale?x=1");
        for bad in ["", "books", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/ä"] {
            assert_eq!(local(Some(bad)), "/", "{bad:?}");
        }
        assert_eq!(local(None), "/");
    }
}
