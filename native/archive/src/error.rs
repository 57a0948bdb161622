//! What can go wrong.

use std::path::{Path, PathBuf};

use aw_platform::{ApiError, Error};

/// Why a tenant could not be written or restored.
#[derive(Debug)]
pub enum ArchiveError {
    /// The settings do not hold.
    Settings(String),
    /// The file is not as it was written; the text says where.
    Damaged(String),
    /// A newer program wrote the file; the text says what is newer.
    Newer(String),
    /// A secret or a table is not as this program expects it.
    Unfit(String),
    /// The installation says no.
    Refused(ApiError),
    /// The database or the object store breaks off.
    Port(Error),
    /// A file cannot be read or written.
    File(PathBuf, std::io::Error),
    /// It failed, and what had been restored could not be removed: both reasons.
    Left(Box<Self>, ApiError),
}

impl ArchiveError {
    /// Puts the path before what is wrong with it.
    pub(crate) fn at(path: &Path) -> impl Fn(std::io::Error) -> Self + '_ {
        move |e| Self::File(path.to_owned(), e)
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }
}

impl std::fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Settings(why) => f.write_str(why),
            Self::Damaged(what) => write!(f, "the archive is damaged: {what}; take another copy of it"),
            Self::Newer(what) => {
                write!(f, "{what}: use the version of this program that wrote the archive, or a newer one")
            }
            Self::Unfit(what) => f.write_str(what),
            Self::Refused(error) => write!(f, "{} ({})", error.message(), error.code()),
            Self::Port(error) => error.fmt(f),
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Left(why, left) => {
                write!(f, "{why}; and what had been restored is still there: {}: delete that tenant", left.message())
            }
        }
    }
}

impl std::error::Error for ArchiveError {}

impl From<Error> for ArchiveError {
    fn from(error: Error) -> Self {
        Self::Port(error)
    }
}

impl From<ApiError> for ArchiveError {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<aw_blobs::BlobError> for ArchiveError {
    fn from(error: aw_blobs::BlobError) -> Self {
        Self::Port(error.into())
    }
}

impl From<aw_migrations::MigrateError> for ArchiveError {
    fn from(error: aw_migrations::MigrateError) -> Self {
        Self::Port(error.into())
    }
}
