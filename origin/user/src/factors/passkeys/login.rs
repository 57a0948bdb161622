//! A passkey lets somebody in: alone, or as the second factor.

use aw_platform::{ApiError, Result, Sql, SqlExt, SqlPlatform, Value};
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{
    ceremony::LIFE,
    wire::{Assertion, RequestAnswer, RequestOptions, bytes},
};
use crate::{
    factors::{
        challenge,
        notice::{self, Change},
        visit::Visit,
        webauthn::{self, Refusal},
    },
    session::Tokens,
};

/// What a login with a passkey begins with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginOptions {
    /// Of a login whose first step is done; left out, the passkey alone lets in.
    #[schemars(length(max = 128))]
    challenge: Option<String>,
}

/// What the browser signed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyLogin {
    credential: Assertion,
}

/// A passkey whose signature was good.
#[derive(Debug)]
pub(crate) struct Used {
    id: String,
    /// Whose it is.
    pub(crate) user: String,
    /// Whether the person was recognised, not only present.
    verified: bool,
    sign_count: u32,
    backed_up: bool,
}

fn wrong(Refusal(why): Refusal) -> ApiError {
    ApiError::unauthorized("AUTH_PASSKEY_WRONG", why)
}

fn copied() -> ApiError {
    let why = "this passkey's signatures count backwards: it may have been copied, and is not taken";
    ApiError::unauthorized("AUTH_PASSKEY_COPIED", why)
}

/// Whether a counter has gone on (section 7.2): one that both times is 0 counts nothing.
fn goes_on(before: i64, now: u32) -> bool {
    (before == 0 && now == 0) || i64::from(now) > before
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// `POST /v1/auth/passkeys/login/options`.
    pub(in crate::factors) async fn passkey_login_options(
        &self,
        given: LoginOptions,
    ) -> Result<RequestAnswer, ApiError> {
        self.count_address().await?;
        let place = self.place().await?;
        let (allow_credentials, user_verification) = match &given.challenge {
            Some(challenge) => {
                let user = challenge::user(&self.sql, challenge).await?;
                (self.descriptors(&user, &place.rp_id).await?, "preferred")
            }
            None => (Vec::new(), "required"),
        };
        let public_key = RequestOptions {
            challenge: self.challenge(None).await?,
            timeout: LIFE * 1000,
            rp_id: place.rp_id,
            allow_credentials,
            user_verification,
        };
        Ok(RequestAnswer { public_key })
    }

    /// `POST /v1/auth/passkeys/login`: something that they have and something that they are or know, so that nothing
    /// else is asked for.
    pub(in crate::factors) async fn passkey_login(&self, given: PasskeyLogin) -> Result<Tokens, ApiError> {
        let mut buckets = self.count_address().await?;
        // The options counted too.
        buckets.extend(buckets.clone());
        let used = self.passkey_verify(&given.credential).await?;
        if !used.verified {
            let why = "this passkey did not check who you are: log in with your password, and use it after that";
            return Err(ApiError::unauthorized("AUTH_PASSKEY_UNVERIFIED", why));
        }
        // Who brings the credential says whose it is (section 7.2): both must be of one mind.
        let handle = given.credential.response.user_handle.as_deref().map(bytes).transpose()?.unwrap_or_default();
        if uuid::Uuid::from_slice(&handle).map(|id| id.to_string()).ok().as_deref() != Some(&*used.user) {
            return Err(wrong(Refusal("the user handle is not the credential's")));
        }
        self.enter(&used.user, buckets, async |sql| self.passkey_use(sql, &used).await).await
    }

    /// Checks a signature, whose challenge is taken whatever comes of it.
    pub(in crate::factors) async fn passkey_verify(&self, given: &Assertion) -> Result<Used, ApiError> {
        let response = &given.response;
        let (client, data) = (bytes(&response.client_data)?, bytes(&response.authenticator_data)?);
        let (signature, credential) = (bytes(&response.signature)?, bytes(&given.id)?);
        if !(1..=webauthn::CREDENTIAL).contains(&credential.len()) {
            return Err(wrong(Refusal("the credential's id has 1 to 1023 bytes")));
        }
        let place = self.place().await?;
        let challenge = webauthn::challenge(place.party(), &client).map_err(wrong)?;
        self.take_challenge(&challenge, None).await?;
        let find = "SELECT id::text, user_id::text, public_key, sign_count FROM passkeys \
            WHERE credential = $1::bytea AND rp_id = $2::text";
        let row = self.sql.query_opt(find, &[Bytes::from(credential).into(), Value::from(&place.rp_id)]).await?;
        let unknown = || ApiError::unauthorized("AUTH_PASSKEY_UNKNOWN", "this passkey is not known here");
        let row = row.ok_or_else(unknown)?;
        let signed = webauthn::Signed { client_data: &client, authenticator_data: &data, signature: &signature };
        let data = webauthn::login(place.party(), signed, row.bytes(2)?).map_err(wrong)?;
        let used = Used {
            id: row.text(0)?.to_owned(),
            user: row.text(1)?.to_owned(),
            verified: data.verified,
            sign_count: data.sign_count,
            backed_up: data.backed_up,
        };
        if !goes_on(row.int(3)?, used.sign_count) {
            let details = json!({ "passkey": used.id, "count": used.sign_count });
            notice::send(self.p, &self.sql, &used.user, Change::PasskeyCopied, details).await?;
            return Err(copied());
        }
        Ok(used)
    }

    /// Counts the use, in the transaction in which the session begins.
    pub(in crate::factors) async fn passkey_use(&self, sql: &P::Sql, used: &Used) -> Result<(), ApiError> {
        let update = "UPDATE passkeys SET sign_count = $2::bigint, backed_up = $3::boolean, last_used_at = now() \
            WHERE id = $1::text::uuid AND (sign_count < $2::bigint OR (sign_count = 0 AND $2::bigint = 0))";
        let row: [Value; 3] = [(&used.id).into(), used.sign_count.into(), used.backed_up.into()];
        if sql.execute(update, &row).await? == 1 { Ok(()) } else { Err(copied()) }
    }
}

#[cfg(test)]
mod tests {
    use super::goes_on;

    #[test]
    fn counters_go_forward_or_nowhere() {
        assert!(goes_on(0, 0) && goes_on(0, 1) && goes_on(7, 8) && goes_on(0, u32::MAX));
        assert!(!goes_on(7, 7) && !goes_on(7, 6) && !goes_on(1, 0));
    }
}
