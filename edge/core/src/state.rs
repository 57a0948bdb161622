//! What an edge keeps between requests.

use std::rc::Rc;

use aw_model::{Shelf, Tenant, TokenKey, names};
use aw_platform::{Platform, PlatformExt, Result, Secret};
use aw_trust::{Key, key};
use bytes::Bytes;

use crate::{Breaker, Cards, LazyManifest, Record, Retained, Throttle};

/// How many parsed records of a kind are kept, and of how many bytes together.
const ENTRIES: usize = 1024;
const BYTES: usize = 4 << 20;
/// How many clients' rates are kept.
const CLIENTS: usize = 1024;

/// An edge's state. Nothing in it belongs to one request or one reader.
pub struct Edge {
    /// Its name: the key id of its signatures.
    pub name: String,
    /// The authority that its requests to the origin are signed for.
    pub origin: String,
    secret: Secret,
    /// Signs requests, and verifies the origin's.
    pub request_key: Key,
    /// Whether the origin is worth asking.
    pub breaker: Breaker,
    /// How often each client has tried to log in.
    pub logins: Throttle,
    /// How often each client has refreshed its session.
    pub refreshes: Throttle,
    pub(crate) tenants: Retained<Record<Tenant>>,
    /// Manifests, opened as far as somebody looked.
    pub manifests: Retained<Record<LazyManifest>>,
    /// Parsed heads of shelves.
    pub shelves: Retained<Record<Shelf>>,
    /// The cards on leaves of shelves.
    pub leaves: Retained<Record<Cards>>,
    keys: Retained<Key>,
}

impl Edge {
    /// Reads the settings `edge-name` and `origin-authority` and the secret `edge-key`.
    ///
    /// # Errors
    /// One that is missing, by name; a secret that is too short.
    pub async fn build<P: Platform>(platform: &P) -> Result<Rc<Self>> {
        let name = platform.require_config(names::EDGE_NAME).await?;
        let origin = platform.require_config(names::ORIGIN_AUTHORITY).await?;
        let secret = platform.secret(names::EDGE_KEY).await?;
        let request_key = key::derive(secret.expose(), key::REQUEST)?;
        Ok(Rc::new(Self {
            name,
            origin,
            secret,
            request_key,
            breaker: Breaker::default(),
            logins: Throttle::new(CLIENTS),
            refreshes: Throttle::new(CLIENTS),
            tenants: Retained::new(ENTRIES, BYTES),
            manifests: Retained::new(ENTRIES, BYTES),
            shelves: Retained::new(ENTRIES, BYTES),
            leaves: Retained::new(ENTRIES, BYTES),
            keys: Retained::new(ENTRIES, BYTES),
        }))
    }

    /// Forgets what is believed of `key`: it has just been put.
    pub fn forget(&self, key: &str) {
        self.tenants.seen(key, 0);
        self.manifests.seen(key, 0);
        self.shelves.seen(key, 0);
        self.leaves.seen(key, 0);
    }

    /// A tenant's key of that `kid`, unsealed; `None` where it has none, or one that this edge cannot open.
    pub fn token_key(&self, tenant: &Tenant, kid: &str) -> Option<Rc<Key>> {
        let TokenKey { sealed, .. } = tenant.keys.iter().find(|key| key.kid == kid)?;
        let name = format!("{}/{kid}", tenant.id);
        if let Some(key) = self.keys.find(&name, sealed.as_bytes()) {
            return Some(key);
        }
        let unseal = |_: &Bytes| key::unseal(self.secret.expose(), &tenant.id, kid, sealed);
        self.keys.get_or(&name, &Bytes::copy_from_slice(sealed.as_bytes()), unseal).ok()
    }
}
