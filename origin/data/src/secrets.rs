//! The origin's secrets.

use aw_model::names::{EDGE_KEY, MASTER_KEY};
use aw_platform::{Platform, Result, Secret};
use aw_trust::{Key, key, sealed, vault};

/// The secrets that the origin's services work with.
#[derive(Clone, Debug)]
pub struct Secrets {
    master: Secret,
    edge: Secret,
    request: Key,
    refresh: Key,
    vault: Key,
    codes: Key,
}

impl Secrets {
    /// Reads them.
    ///
    /// # Errors
    /// One is missing or too short; the message names it.
    pub async fn read<P: Platform>(p: &P) -> Result<Self> {
        let (master, edge) = (p.secret(MASTER_KEY).await?, p.secret(EDGE_KEY).await?);
        let named = |name: &str, e: key::KeyError| aw_platform::Error::internal(format!("{name}: {e}"));
        let request = key::derive(edge.expose(), key::REQUEST).map_err(|e| named(EDGE_KEY, e))?;
        let refresh = key::derive(master.expose(), "refresh").map_err(|e| named(MASTER_KEY, e))?;
        let codes = key::derive(master.expose(), vault::CODES).map_err(|e| named(MASTER_KEY, e))?;
        let vault = key::derive(master.expose(), sealed::PURPOSE).map_err(|e| named(MASTER_KEY, e))?;
        Ok(Self { master, edge, request, refresh, vault, codes })
    }

    /// The key that signs what goes to an edge.
    pub fn request(&self) -> &Key {
        &self.request
    }

    /// The key that makes a refresh token's successor.
    pub fn refresh(&self) -> &Key {
        &self.refresh
    }

    /// The key that seals what the origin keeps for itself.
    pub fn vault(&self) -> &Key {
        &self.vault
    }

    /// The key of a tenant's tokens with that `kid`.
    ///
    /// # Errors
    /// A tenant or `kid` that is none.
    pub fn token(&self, tenant: &str, kid: &str) -> Result<Key> {
        Ok(key::tenant_key(self.master.expose(), tenant, kid)?)
    }

    /// A text sealed for a tenant's database: see [`vault::seal`].
    ///
    /// # Errors
    /// A tenant or name that is none.
    pub fn conceal<P: Platform>(&self, p: &P, tenant: &str, name: &str, text: &str) -> Result<String> {
        let mut nonce = [0; 24];
        p.random(&mut nonce);
        Ok(vault::seal(&self.vault, tenant, name, text.as_bytes(), nonce)?)
    }

    /// A text that was [concealed](Self::conceal).
    ///
    /// # Errors
    /// It was sealed for another tenant, another name or with another master key.
    pub fn reveal(&self, tenant: &str, name: &str, sealed: &str) -> Result<String> {
        let bytes = vault::open(&self.vault, tenant, name, sealed)?;
        String::from_utf8(bytes).map_err(|_| aw_platform::Error::internal("a sealed text is no text"))
    }

    /// A code for people: see [`vault::code`].
    ///
    /// # Errors
    /// A tenant or name that is none.
    pub fn code(&self, tenant: &str, name: &str) -> Result<String> {
        Ok(vault::code(&self.codes, tenant, name)?)
    }

    /// A tenant's token key, sealed for the edges. What `there` is, where it opens to this very key: sealing is
    /// random, and what did not change must not look as if it had.
    ///
    /// # Errors
    /// A tenant or `kid` that is none.
    pub fn seal<P: Platform>(&self, p: &P, tenant: &str, kid: &str, there: Option<&str>) -> Result<String> {
        let key = self.token(tenant, kid)?;
        let opens = |sealed: &&str| {
            key::unseal(self.edge.expose(), tenant, kid, sealed).is_ok_and(|opened| same(&opened, &key, kid))
        };
        if let Some(sealed) = there.filter(opens) {
            return Ok(sealed.to_owned());
        }
        let mut nonce = [0; 24];
        p.random(&mut nonce);
        Ok(key::seal(self.edge.expose(), tenant, kid, &key, nonce)?)
    }
}

/// Whether two keys are one: they make the same proof.
fn same(a: &Key, b: &Key, text: &str) -> bool {
    aw_trust::csrf::verify(a, text, &aw_trust::csrf::token(b, text))
}
