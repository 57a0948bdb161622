//! Names that the manifest (`authorworks.toml`), the code and the wire agree on.

/// The KV store of everything published.
pub const STORE: &str = "content";
/// The backend that an edge forwards to.
pub const ORIGIN: &str = "origin";
/// The backend of the origin's object store.
pub const S3: &str = "s3";
/// The backend of identity providers (OpenID Connect), which tenants name.
pub const IDENTITY: &str = "identity";

/// Secret, edge and origin: signs what goes between them and seals tenant keys for the edge. 32 bytes or more.
pub const EDGE_KEY: &str = "edge-key";
/// Secret, origin only: the root of every tenant's token keys. 32 bytes or more.
pub const MASTER_KEY: &str = "master-key";
/// Secret, origin only: the object store's secret access key.
pub const S3_SECRET: &str = "s3-secret-key";
/// Setting, edge: the name of this edge, which is also the key id of its signatures.
pub const EDGE_NAME: &str = "edge-name";
/// Setting, origin: the authority that edges sign for, such as `127.0.0.1:4000`.
pub const ORIGIN_AUTHORITY: &str = "origin-authority";
/// Setting, origin: the edges to push to, as `name=authority` separated by commas; each is also a backend `edge-NAME`.
pub const EDGES: &str = "edges";
/// Setting, origin: the object store's base URL as clients reach it, such as `https://media.example`. Requests are signed
/// for its authority and carry it as `Host`, whatever the address behind the backend [`S3`].
pub const S3_URL: &str = "s3-url";
/// Setting, origin: the object store's access key id.
pub const S3_ACCESS: &str = "s3-access-key";
/// Setting, origin: the object store's bucket.
pub const S3_BUCKET: &str = "s3-bucket";
/// Setting, origin: the object store's region.
pub const S3_REGION: &str = "s3-region";
/// The control database's name.
pub const CONTROL_DB: &str = "authorworks";

/// Identity and context headers, set by the edge and covered by its signature; stripped from what comes in.
pub mod header {
    /// The prefix of all of them.
    pub const PREFIX: &str = "x-aw-";
    /// The tenant's id.
    pub const TENANT: &str = "x-aw-tenant";
    /// The host that the browser asked for.
    pub const HOST: &str = "x-aw-host";
    /// The user's id, from a verified token.
    pub const USER: &str = "x-aw-user";
    /// The user's roles, separated by commas.
    pub const ROLES: &str = "x-aw-roles";
    /// The session's id.
    pub const SESSION: &str = "x-aw-session";
    /// The client's address.
    pub const CLIENT_IP: &str = "x-aw-client-ip";
    /// A record's version, on pushes and fills.
    pub const VERSION: &str = "x-aw-version";
}
