//! Why a signature is refused.

use aw_platform::ApiError;

/// Why a request's signature is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureError {
    /// There is no `Signature-Input` or no `Signature`.
    Missing,
    /// They are not as RFC 9421 writes them, are there twice, or lack the label or a parameter.
    Malformed,
    /// Something that must be covered is not, or something covered is not there.
    Uncovered,
    /// Nobody known has that key id.
    Key,
    /// Too old.
    Expired,
    /// From the future.
    Future,
    /// The signature is not the key's over this request.
    Mismatch,
    /// The body is not the one whose digest was signed.
    Digest,
    /// The nonce was used before.
    Replayed,
}

impl SignatureError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "ORIGIN_SIGNATURE_MISSING",
            Self::Malformed => "ORIGIN_SIGNATURE_MALFORMED",
            Self::Uncovered => "ORIGIN_SIGNATURE_UNCOVERED",
            Self::Key => "ORIGIN_SIGNATURE_KEY_UNKNOWN",
            Self::Expired => "ORIGIN_SIGNATURE_EXPIRED",
            Self::Future => "ORIGIN_SIGNATURE_FUTURE",
            Self::Mismatch => "ORIGIN_SIGNATURE_MISMATCH",
            Self::Digest => "ORIGIN_SIGNATURE_DIGEST",
            Self::Replayed => "ORIGIN_SIGNATURE_REPLAYED",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Missing => "the request is not signed",
            Self::Malformed => "the request's signature cannot be read",
            Self::Uncovered => "the request's signature does not cover all that it must",
            Self::Key => "the request is signed by a stranger",
            Self::Expired => "the request's signature is too old",
            Self::Future => "the request's signature is from the future",
            Self::Mismatch => "the request's signature is wrong",
            Self::Digest => "the request's body is not the one that was signed",
            Self::Replayed => "the request was made before",
        }
    }
}

impl std::fmt::Display for SignatureError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for SignatureError {}

impl From<SignatureError> for ApiError {
    /// 401.
    fn from(error: SignatureError) -> Self {
        Self::unauthorized(error.code(), error.message())
    }
}
