//! What a route says to a page.

use aw_platform::ApiError;
use serde::{Deserialize, de::DeserializeOwned};

/// The data of an answer, or why there is none.
#[derive(Debug)]
pub enum Said<T> {
    /// The envelope's data.
    Data(T),
    /// The reader may not, or something of what they gave will not do.
    Refused(ApiError),
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

impl<T: DeserializeOwned> Said<T> {
    /// What a refusal is to a page: the reader's to know, unless the service is at fault (502 is the provider's).
    pub(crate) fn refused(error: ApiError) -> Result<Self, ApiError> {
        let ours = error.status() >= 500 && error.status() != 502;
        if ours { Err(error) } else { Ok(Self::Refused(error)) }
    }

    /// The data of a body; that of an empty one is `null`.
    pub(crate) fn read(body: &[u8]) -> serde_json::Result<Self> {
        if body.is_empty() {
            return serde_json::from_str("null").map(Self::Data);
        }
        serde_json::from_slice(body).map(|Envelope { data }| Self::Data(data))
    }
}

impl<T> Said<T> {
    /// The data.
    ///
    /// # Errors
    /// The refusal, where the page cannot go on without.
    pub fn data(self) -> Result<T, ApiError> {
        match self {
            Self::Data(data) => Ok(data),
            Self::Refused(refusal) => Err(refusal),
        }
    }
}
