//! Recovery codes: ten, each good once, for who has lost the rest.

use aw_origin_data::secrets::Secrets;
use aw_platform::{ApiError, Error, Platform, Result, Sql, SqlExt, SqlPlatform, Value};
use aw_trust::{Key, sealed};
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    notice::{self, Change},
    second::Second,
    secret::random,
    visit::Visit,
};

const CODES: usize = 10;
/// 32 letters and digits that are not mistaken for each other (Crockford's Base32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// New recovery codes, shown this once.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecoveryCodes {
    /// Ten, such as `k3v9x-7m2qa`; none where the account had codes before.
    pub(crate) recovery_codes: Vec<String>,
}

/// Ten letters are 50 bits: with the attempts that are allowed nobody guesses one.
fn make<P: Platform>(p: &P) -> String {
    let letters = random::<P, 10>(p).map(|b| char::from(LETTERS[usize::from(b & 31)]));
    let (first, last) = letters.split_at(5);
    first.iter().chain(['-'].iter()).chain(last).collect()
}

/// The code without what is only there to be read, and with letters for which others are typed.
pub(super) fn cleaned(given: &str) -> Option<String> {
    let letters = given.chars().filter(|c| c.is_ascii_alphanumeric()).take(11);
    let code: String = letters
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        })
        .collect();
    (code.len() == 10).then_some(code)
}

/// What a key or a code of `user` is sealed and hashed as.
fn context(user: &str) -> String {
    format!("recovery {user}")
}

/// The key of the codes of `user`: the account's own, which moves with its tenant. Codes from before there were such
/// keys are hashed with one of the installation's.
async fn key<S: Sql>(secrets: &Secrets, sql: &S, user: &str) -> Result<Key> {
    let statement = "SELECT sealed FROM recovery_keys WHERE user_id = $1::text::uuid";
    let Some(row) = sql.query_opt(statement, &[user.into()]).await? else { return Ok(secrets.vault().clone()) };
    let opened = sealed::open(secrets.vault(), &context(user), row.bytes(0)?).and_then(|key| key.try_into().ok());
    opened.map(Key::new).ok_or_else(|| Error::internal("a key of recovery codes does not open"))
}

/// Replaces the codes of `user`; gives the new ones.
///
/// # Errors
/// The database refuses it.
pub(super) async fn renew<P: Platform, S: Sql>(p: &P, secrets: &Secrets, sql: &S, user: &str) -> Result<Vec<String>> {
    sql.execute("DELETE FROM recovery_codes WHERE user_id = $1::text::uuid", &[user.into()]).await?;
    let key = random::<P, 32>(p);
    let sealed = sealed::seal(secrets.vault(), &context(user), &key, random(p));
    let keep = "INSERT INTO recovery_keys (user_id, sealed) VALUES ($1::text::uuid, $2::bytea) \
        ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed";
    sql.execute(keep, &[user.into(), Bytes::from(sealed).into()]).await?;
    let key = Key::new(key);
    let codes: Vec<String> = std::iter::repeat_with(|| make(p)).take(CODES).collect();
    for code in &codes {
        let hash = sealed::fingerprint(&key, &context(user), &code.replace('-', ""));
        let row: [Value; 2] = [user.into(), Bytes::copy_from_slice(&hash).into()];
        sql.execute("INSERT INTO recovery_codes (user_id, hash) VALUES ($1::text::uuid, $2::bytea)", &row).await?;
    }
    Ok(codes)
}

/// Codes for an account that has just got its first factor; none for one that has codes.
///
/// # Errors
/// The database refuses it.
pub(super) async fn first<P: Platform, S: Sql>(p: &P, secrets: &Secrets, sql: &S, user: &str) -> Result<Vec<String>> {
    if Second::of(sql, user).await?.codes > 0 {
        return Ok(Vec::new());
    }
    renew(p, secrets, sql, user).await
}

/// Takes the codes away from an account whose last factor has gone.
///
/// # Errors
/// The database refuses it.
pub(super) async fn drop_without_factor<S: Sql>(sql: &S, user: &str) -> Result<()> {
    if Second::of(sql, user).await?.any() {
        return Ok(());
    }
    sql.execute("DELETE FROM recovery_keys WHERE user_id = $1::text::uuid", &[user.into()]).await?;
    sql.execute("DELETE FROM recovery_codes WHERE user_id = $1::text::uuid", &[user.into()]).await.map(drop)
}

/// Uses up a code of `user`; gives whether it was one.
///
/// # Errors
/// The database refuses it.
pub(super) async fn take<P: Platform, S: Sql>(
    p: &P,
    secrets: &Secrets,
    sql: &S,
    user: &str,
    code: &str,
) -> Result<bool> {
    let key = key(secrets, sql, user).await?;
    let hash = Bytes::copy_from_slice(&sealed::fingerprint(&key, &context(user), code));
    let update = "UPDATE recovery_codes SET used_at = now() \
        WHERE user_id = $1::text::uuid AND hash = $2::bytea AND used_at IS NULL";
    if sql.execute(update, &[user.into(), hash.into()]).await? == 0 {
        return Ok(false);
    }
    let left = Second::of(sql, user).await?.codes;
    notice::send(p, sql, user, Change::RecoveryUsed, json!({ "left": left })).await?;
    Ok(true)
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// `POST /v1/auth/factors/recovery-codes`.
    pub(super) async fn renew_codes(&self) -> Result<RecoveryCodes, ApiError> {
        let user = self.fresh_user().await?;
        self.sql
            .transaction(async |sql| {
                if !Second::of(sql, user).await?.any() {
                    let why = "recovery codes stand in for a code or a passkey: set one up first";
                    return Err(ApiError::new(409, "AUTH_FACTOR_MISSING", why));
                }
                let recovery_codes = renew(self.p, self.secrets, sql, user).await?;
                notice::send(self.p, sql, user, Change::RecoveryRenewed, json!({})).await?;
                Ok(RecoveryCodes { recovery_codes })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = make(&aw_memory::Memory::new());
        assert_eq!(code.len(), 11, "{code}");
        let plain = code.replace('-', "");
        assert_eq!(cleaned(&code).as_deref(), Some(plain.as_str()));
        assert_eq!(cleaned(&format!(" {} ", code.to_uppercase().replace('-', " "))).as_deref(), Some(plain.as_str()));
        assert_eq!(cleaned("O0iIl-lLoO1").as_deref(), Some("0011111001"));
        for wrong in ["", "abc", "abcde-abcdef", "äbcde-abcde"] {
            assert_eq!(cleaned(wrong), None, "{wrong}");
        }
    }
}
