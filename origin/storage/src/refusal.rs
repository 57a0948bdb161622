//! Why bytes are no file.

use aw_platform::ApiError;
use schemars::JsonSchema;
use serde::Serialize;

use crate::media::Wrong;

/// What is wrong with the bytes that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Size,
    Type,
    Kind,
    Digest,
    Missing,
}

/// Why an uploaded file was refused. Its bytes are gone.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Why {
    /// The code of the error that completing it answers.
    code: &'static str,
    /// For people.
    message: &'static str,
}

impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::Type => Self::Type,
            Wrong::Kind => Self::Kind,
        }
    }
}

impl Refusal {
    const ALL: [Self; 5] = [Self::Size, Self::Type, Self::Kind, Self::Digest, Self::Missing];

    /// As the database has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Type => "type",
            Self::Kind => "kind",
            Self::Digest => "digest",
            Self::Missing => "missing",
        }
    }

    /// From the database.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.name() == name)
    }

    /// For the file's owner.
    pub(crate) fn why(self) -> Why {
        let (code, message) = match self {
            Self::Size => ("STORAGE_FILE_SIZE_MISMATCH", "the bytes that came are not as many as were announced"),
            Self::Type => ("STORAGE_FILE_TYPE_REFUSED", "the bytes that came are of a type that no file may have"),
            Self::Kind => ("STORAGE_FILE_TYPE_MISMATCH", "the bytes that came are of another kind than was announced"),
            Self::Digest => ("STORAGE_FILE_DIGEST_MISMATCH", "the bytes that came have another SHA-256 than announced"),
            Self::Missing => ("STORAGE_FILE_LOST", "the object store does not have the bytes any more"),
        };
        Why { code, message }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let Why { code, message } = refusal.why();
        Self::new(422, code, message)
    }
}
