//! The narrow waist: everything that an app may ask of the world.

use std::{future::Future, time::Duration};

use crate::{Backend, Body, Cache, Caps, Client, FetchOptions, Kv, NativeBody, Result, Secret, StoreId};

/// A request with the platform's body.
pub type Request<P> = http::Request<Body<<P as Platform>::Body>>;
/// A response with the platform's body.
pub type Response<P> = http::Response<Body<<P as Platform>::Body>>;

/// One request's view of the world. A clone is another handle on the same request: give one to what outlives the
/// handler ([`wait_until`](Self::wait_until)).
pub trait Platform: Clone + 'static {
    /// The name in figures, gap lists and records: `memory`, `native`, `cloudflare`, `fastly`, `spin`.
    const NAME: &'static str;
    /// What this platform has beyond the floor.
    const CAPS: Caps;
    /// The platform's own body.
    type Body: NativeBody;
    /// Its key-value store.
    type Kv: Kv<Body = Self::Body>;
    /// Its cache.
    type Cache: Cache;
    /// A fetch under way. Dropping it cancels the fetch.
    type Pending: Future<Output = Result<Response<Self>>> + 'static;

    /// Opens a store by its name in the manifest.
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing) where the deployment has no such store.
    fn kv(&self, store: StoreId) -> Result<Self::Kv>;

    /// The cache.
    fn cache(&self) -> &Self::Cache;

    /// Sends `request` to `backend` **now**; awaiting only collects, so that two fetches overlap on every platform.
    ///
    /// The request's URI is a path and query; an absolute one must be the backend's own, or, where the backend is
    /// [`ANY_HOST`](crate::ANY_HOST), names the host. Its `Host` header, where set, is sent as it is. Redirects are not
    /// followed, content is not decoded, and nothing is cached on the way.
    fn fetch(&self, backend: Backend, request: Request<Self>, options: FetchOptions) -> Self::Pending;

    /// A setting by its name in the manifest; `None` where it has no value.
    ///
    /// # Errors
    /// The platform's settings cannot be read.
    async fn config(&self, key: &'static str) -> Result<Option<String>>;

    /// A secret by its name in the manifest.
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), with the name, where it has no value: there are no defaults.
    async fn secret(&self, key: &'static str) -> Result<Secret>;

    /// Milliseconds since 1970-01-01T00:00:00Z. May stand still between I/O (Cloudflare).
    fn now(&self) -> u64;

    /// Fills `out` with cryptographically secure random bytes.
    fn random(&self, out: &mut [u8]);

    /// Resolves after `duration`.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + 'static;

    /// Who is asking.
    fn client(&self) -> Client<'_>;

    /// Runs `work` to its end, after the response where need be. It counts against the platform's limits for the
    /// request.
    fn wait_until(&self, work: impl Future<Output = ()> + 'static);

    /// Writes one structured record: `record` is one line of JSON without the newline.
    fn emit(&self, record: &[u8]);
}
