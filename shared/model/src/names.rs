//! Names that the manifest (`authorworks.toml`), the code and the wire agree on.

/// The KV store of everything published.
pub const STORE: &str = "content";
/// The backend that an edge forwards to.
pub const ORIGIN: &str = "origin";
/// The backend of the origin's object store.
pub const S3: &str = "s3";
/// The backend of the provider of payments: Stripe's API.
pub const PAYMENTS: &str = "payments";
/// The backend of the sandbox that stands in for it, and the setting that says whether it does: `on` or `off`.
pub const PAYMENTS_SANDBOX: &str = "payments-sandbox";

/// The backend of the HTTP mail API.
pub const MAIL: &str = "mail";
/// The backend of identity providers (OpenID Connect), which tenants name.
pub const IDENTITY: &str = "identity";

/// The backend of the programs that tenants have told of what happens.
pub const WEBHOOKS: &str = "webhooks";
/// Setting, origin: whether such a program may be one on this machine, by plain `http`: `on` or `off`.
pub const WEBHOOKS_LOCAL: &str = "webhooks-local";

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
/// Setting, origin: how many requests a minute one user, or one stranger's address, has at one tenant.
pub const REQUESTS_PER_MINUTE: &str = "requests-per-minute";
/// Setting, origin: the object store's base URL as clients reach it, such as `https://media.example`. Requests are signed
/// for its authority and carry it as `Host`, whatever the address behind the backend [`S3`].
pub const S3_URL: &str = "s3-url";
/// Setting, origin: the object store's access key id.
pub const S3_ACCESS: &str = "s3-access-key";
/// Setting, origin: the object store's bucket.
pub const S3_BUCKET: &str = "s3-bucket";
/// Setting, origin: the object store's region.
pub const S3_REGION: &str = "s3-region";
/// Setting, origin: where mail is sent; empty keeps it. `https://HOST/PATH` is an HTTP mail API, whose host is the backend
/// [`MAIL`]; a native origin takes `smtp://[USER@]HOST[:PORT]` and `smtps://…` too.
pub const MAIL_URL: &str = "mail-url";
/// Setting, origin: the address that mail comes from.
pub const MAIL_FROM: &str = "mail-from";
/// Secret, origin: the key of the HTTP mail API, or the password of the SMTP server. Needed where mail is sent.
pub const MAIL_KEY: &str = "mail-key";
/// Where the origin has the pages that it makes for an edge: the browser's path is behind it.
pub const PAGES: &str = "/_aw/pages";
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
    /// The token for the forms of a page that the origin makes; who sends such a form has proved that it is ours.
    pub const CSRF: &str = "x-aw-csrf";
    /// A record's version, on pushes and fills.
    pub const VERSION: &str = "x-aw-version";
}
