//! What a port can fail with.

use std::borrow::Cow;

/// A port's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a port could not do it. Ports fail for their own reasons; what a caller did wrong is an
/// [`ApiError`](crate::ApiError).
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// This platform cannot; the text names what.
    Unsupported(&'static str),
    /// A size or count is over the platform's limit; the text names which.
    Limit(&'static str),
    /// It took longer than it was given.
    Timeout,
    /// A required secret, setting, store or backend is missing; the text names it.
    Missing(Cow<'static, str>),
    /// A peer (origin, database, object store) could not be reached or broke off; the text says how.
    Upstream(Cow<'static, str>),
    /// The database refused a statement.
    Sql {
        /// The SQLSTATE, where the driver tells it (`23505` is a unique violation), else empty.
        code: String,
        /// The server's words.
        message: String,
    },
    /// Anything else that is our own fault.
    Internal(Cow<'static, str>),
}

impl Error {
    /// A peer failed, in these words.
    pub fn upstream(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Upstream(why.into())
    }

    /// Our own fault, in these words.
    pub fn internal(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Internal(why.into())
    }

    /// Whether the database refused a duplicate (SQLSTATE 23505).
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Sql { code, .. } if code == "23505")
    }

    /// Whether the database may do the same statement another time: it is going down or starting, has no connection
    /// left, the connection broke, or two transactions were in each other's way (SQLSTATE classes 08, 40, 53, 57).
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Sql { code, .. } if ["08", "40", "53", "57"].iter().any(|class| code.starts_with(class)))
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unsupported(what) => write!(f, "this platform does not support {what}"),
            Self::Limit(what) => write!(f, "{what} is over the platform's limit"),
            Self::Timeout => f.write_str("timed out"),
            Self::Missing(what) => write!(f, "{what} is missing: set it where this platform keeps it"),
            Self::Upstream(why) => write!(f, "upstream: {why}"),
            Self::Sql { code, message } => write!(f, "database: {message} ({code})"),
            Self::Internal(why) => write!(f, "internal: {why}"),
        }
    }
}

impl std::error::Error for Error {}
