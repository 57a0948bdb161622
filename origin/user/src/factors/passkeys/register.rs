//! A new passkey.

use aw_platform::{ApiError, Error, Sql, SqlExt, SqlPlatform, Value, uuid_v7};
use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    ceremony::LIFE,
    list::{COLUMNS, Passkey, name},
    wire::{CreationAnswer, CreationOptions, Parameter, Registration, Rp, Selection, UserEntity, base64url, bytes},
};
use crate::factors::{
    enter::account,
    notice::{self, Change},
    recovery,
    visit::Visit,
    webauthn::{self, Refusal},
};

/// The most passkeys of one account.
const MOST: i64 = 20;
/// How many ways to reach an authenticator are kept, and how long a word for one may be.
const TRANSPORTS: (usize, usize) = (8, 32);

/// What the browser made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    /// For the list of passkeys.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    credential: Registration,
}

/// A passkey, and where it is the account's first factor, recovery codes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyMade {
    passkey: Passkey,
    /// Ten, shown this once; none where the account had codes before.
    recovery_codes: Vec<String>,
}

fn refused(Refusal(why): Refusal) -> ApiError {
    ApiError::new(422, "AUTH_PASSKEY_INVALID", why)
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// `POST /v1/auth/passkeys/options`.
    pub(in crate::factors) async fn passkey_options(&self) -> Result<CreationAnswer, ApiError> {
        let user = self.fresh_user().await?;
        let account = account(&self.sql, user).await?;
        let place = self.place().await?;
        let handle = user.parse::<uuid::Uuid>().map_err(|e| Error::internal(e.to_string()))?;
        let parameter = |alg| Parameter { r#type: "public-key", alg };
        let public_key = CreationOptions {
            challenge: self.challenge(Some(user)).await?,
            user: UserEntity {
                id: base64url(handle.as_bytes()),
                name: account.email,
                display_name: account.display_name,
            },
            pub_key_cred_params: webauthn::ALGORITHMS.into_iter().map(parameter).collect(),
            timeout: LIFE * 1000,
            exclude_credentials: self.descriptors(user, &place.rp_id).await?,
            authenticator_selection: Selection { resident_key: "preferred", user_verification: "preferred" },
            attestation: "none",
            rp: Rp { id: place.rp_id, name: place.name },
        };
        Ok(CreationAnswer { public_key })
    }

    /// `POST /v1/auth/passkeys`.
    pub(in crate::factors) async fn passkey_add(&self, new: NewPasskey) -> Result<PasskeyMade, ApiError> {
        let user = self.fresh_user().await?;
        let name = name(&new.name)?;
        let place = self.place().await?;
        let response = &new.credential.response;
        let (client, attestation) = (bytes(&response.client_data)?, bytes(&response.attestation_object)?);
        let made = webauthn::register(place.party(), &client, &attestation).map_err(refused)?;
        self.take_challenge(&made.challenge, Some(user)).await?;
        if bytes(&new.credential.id)? != made.id {
            return Err(refused(Refusal("the credential's id is not the authenticator's")));
        }
        let fits = |t: &&String| (1..=TRANSPORTS.1).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_graphic());
        let transports: Vec<&String> = response.transports.iter().filter(fits).take(TRANSPORTS.0).collect();
        let row: [Value; 9] = [
            uuid_v7(self.p).into(),
            user.into(),
            Bytes::from(made.id).into(),
            (&place.rp_id).into(),
            Bytes::from(made.public_key).into(),
            made.sign_count.into(),
            json!(transports).to_string().into(),
            made.backed_up.into(),
            name.into(),
        ];
        let done = self.sql.transaction(async |sql| -> Result<_, ApiError> {
            // Of two who add at once the second counts what the first has added.
            sql.query("SELECT 1::bigint FROM users WHERE id = $1::text::uuid FOR UPDATE", &[user.into()]).await?;
            let count = "SELECT count(*) FROM passkeys WHERE user_id = $1::text::uuid";
            let count = sql.query_opt(count, &[user.into()]).await?.map_or(Ok(0), |row| row.int(0))?;
            if count >= MOST {
                let why = format!("an account has at most {MOST} passkeys: remove one first");
                return Err(ApiError::new(409, "AUTH_PASSKEYS_TOO_MANY", why));
            }
            let insert = format!(
                "INSERT INTO passkeys (id, user_id, credential, rp_id, public_key, sign_count, transports, backed_up, \
                 name) VALUES ($1::text::uuid, $2::text::uuid, $3::bytea, $4::text, $5::bytea, $6::bigint, $7::text, \
                 $8::boolean, $9::text) ON CONFLICT (credential) DO NOTHING RETURNING {COLUMNS}"
            );
            let row = sql.query_opt(&insert, &row).await?;
            let taken = || ApiError::new(409, "AUTH_PASSKEY_TAKEN", "this passkey is known here already");
            let passkey = Passkey::from_row(&row.ok_or_else(taken)?)?;
            notice::send(self.p, sql, user, Change::PasskeyAdded, json!({ "passkey": passkey.id })).await?;
            let recovery_codes = recovery::first(self.p, self.secrets, sql, user).await?;
            Ok(PasskeyMade { passkey, recovery_codes })
        });
        done.await
    }
}
