//! What the object store can fail with.

use aw_platform::{ApiError, Error};

/// Why an object could not be stored or read. That there is none is no error.
#[derive(Debug)]
pub enum BlobError {
    /// Not a key: 1 to 1024 bytes without control characters, empty or dot segments.
    Key,
    /// The object is longer than [`MOST`](crate::MOST).
    TooLarge,
    /// A setting has no sense; the text names it.
    Setting(&'static str),
    /// The store said no: its status, and its code such as `AccessDenied` or `NoSuchBucket`, empty where it gave none.
    Refused {
        /// The HTTP status.
        status: u16,
        /// S3's own code.
        code: String,
    },
    /// The store could not be reached, or broke off.
    Port(Error),
}

impl std::fmt::Display for BlobError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key => f.write_str("not an object's key"),
            Self::TooLarge => write!(f, "the object is longer than {} bytes", crate::MOST),
            Self::Setting(name) => write!(f, "the setting {name} has no sense"),
            Self::Refused { status, code } => write!(f, "the object store answered {status} {code}"),
            Self::Port(error) => write!(f, "the object store: {error}"),
        }
    }
}

impl std::error::Error for BlobError {}

impl From<Error> for BlobError {
    fn from(error: Error) -> Self {
        Self::Port(error)
    }
}

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Port(error) => error,
            BlobError::TooLarge => Self::Limit("the object"),
            BlobError::Refused { status: 500.., .. } => Self::upstream(error.to_string()),
            _ => Self::internal(error.to_string()),
        }
    }
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        Error::from(error).into()
    }
}
