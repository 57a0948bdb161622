//! Why a database could not be migrated.

use aw_platform::Error;

/// Why a database could not be migrated. Nothing was changed.
#[derive(Debug)]
pub enum MigrateError {
    /// The file was changed after it had been applied: undo the change, and write it as a new migration.
    Changed {
        /// Its path under `origin/migrations/`.
        file: &'static str,
    },
    /// The database has a migration that this program does not know: it was migrated by a newer one.
    Unknown {
        /// The file's name when it was applied.
        file: String,
    },
    /// The database refused the file.
    Refused {
        /// Its path under `origin/migrations/`.
        file: &'static str,
        /// The database's words.
        error: Error,
    },
    /// The database cannot be reached or refused what goes around the files.
    Database(Error),
}

impl From<Error> for MigrateError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl std::fmt::Display for MigrateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed { file } => write!(
                f,
                "migration {file} was changed after it had been applied: undo that, and write the change as a new one"
            ),
            Self::Unknown { file } => {
                write!(f, "the database has the migration {file}, which this program does not know: use the newer one")
            }
            Self::Refused { file, error } => write!(f, "migration {file}: {error}"),
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MigrateError {}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Database(error) => error,
            other => Self::internal(other.to_string()),
        }
    }
}
