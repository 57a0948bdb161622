//! Challenges that an authenticator is to sign, and where.

use aw_platform::{ApiError, Error, Result, Row, Sql, SqlPlatform, Value};

use super::wire::{Descriptor, base64url};
use crate::{
    factors::{secret::hash, visit::Visit, webauthn},
    session::{Issuer, without_port},
};

/// How long a ceremony may take, in seconds: a person has to find a key.
pub(super) const LIFE: u32 = 300;

/// Where ceremonies take place: the host that the browser asked for.
pub(in crate::factors) struct Place {
    pub(super) rp_id: String,
    pub(in crate::factors) origin: String,
    /// The tenant's name.
    pub(super) name: String,
}

impl Place {
    pub(super) fn party(&self) -> webauthn::Party<'_> {
        webauthn::Party { rp_id: &self.rp_id, origin: &self.origin }
    }
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// Where the browser is.
    ///
    /// # Errors
    /// 400 `AUTH_HOST_UNKNOWN`.
    pub(in crate::factors) async fn place(&self) -> Result<Place, ApiError> {
        let issuer = Issuer::find(self.secrets, &self.sql, self.caller).await?;
        let unknown = || ApiError::bad_request("AUTH_HOST_UNKNOWN", "the request names no host");
        let host = self.caller.host.as_deref().ok_or_else(unknown)?.to_ascii_lowercase();
        let scheme = issuer.host().base_url.split_once("://").map_or("https", |(scheme, _)| scheme);
        Ok(Place {
            rp_id: without_port(&host).to_owned(),
            origin: format!("{scheme}://{host}"),
            name: issuer.host().name.clone(),
        })
    }

    /// A challenge, of a registration by `user` or of a login.
    pub(super) async fn challenge(&self, user: Option<&str>) -> Result<String> {
        let sweep = "DELETE FROM passkey_ceremonies WHERE hash IN (SELECT hash FROM passkey_ceremonies \
            WHERE expires_at < now() ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED)";
        self.sql.execute(sweep, &[]).await?;
        let challenge = self.token();
        let insert = "INSERT INTO passkey_ceremonies (hash, user_id, expires_at) \
            VALUES ($1::bytea, $2::text::uuid, now() + $3::bigint * interval '1 second')";
        self.sql.execute(insert, &[hash(&challenge), user.into(), LIFE.into()]).await?;
        Ok(challenge)
    }

    /// Takes a challenge, whatever becomes of the ceremony.
    ///
    /// # Errors
    /// 401 `AUTH_PASSKEY_EXPIRED` for one that never was, has expired, was used, or was another's.
    pub(super) async fn take_challenge(&self, challenge: &str, user: Option<&str>) -> Result<(), ApiError> {
        let delete = "DELETE FROM passkey_ceremonies WHERE hash = $1::bytea \
            AND user_id IS NOT DISTINCT FROM $2::text::uuid AND expires_at > now()";
        if self.sql.execute(delete, &[hash(challenge), user.into()]).await? == 1 {
            return Ok(());
        }
        Err(ApiError::new(401, "AUTH_PASSKEY_EXPIRED", "that took too long, or was done before: begin anew"))
    }

    /// The credentials of `user` at this host.
    pub(super) async fn descriptors(&self, user: &str, rp_id: &str) -> Result<Vec<Descriptor>> {
        let find = "SELECT credential, transports FROM passkeys \
            WHERE user_id = $1::text::uuid AND rp_id = $2::text ORDER BY id";
        self.sql.query(find, &[Value::from(user), rp_id.into()]).await?.iter().map(descriptor).collect()
    }
}

fn descriptor(row: &Row) -> Result<Descriptor> {
    let transports = serde_json::from_str(row.text(1)?).map_err(|e| Error::internal(e.to_string()))?;
    Ok(Descriptor { r#type: "public-key", id: base64url(row.bytes(0)?), transports })
}
