//! The secrets of an installation: made once, at random.

use serde::{Deserialize, Serialize};

use super::Data;
use crate::failure::Failure;

const FILE: &str = "secrets.json";

/// What nobody else may know, each 32 random bytes in hexadecimal.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Secrets {
    /// Between edge and origin.
    pub(crate) edge_key: String,
    /// The root of the tenants' token keys.
    pub(crate) master_key: String,
    /// The object store's secret access key.
    pub(crate) s3_secret_key: String,
    /// The database's password, where it listens on TCP.
    pub(crate) database_password: String,
    /// The key of an HTTP mail API or an SMTP server's password: written in here by whoever sends mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail_key: Option<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// The secrets of an installation that has some.
    ///
    /// # Errors
    /// The file is missing or broken.
    pub(crate) fn load(data: &Data) -> Result<Self, Failure> {
        let missing = || Failure::new(format!("{}: not there: run `cargo aw up` first", data.path(FILE).display()));
        data.read(FILE)?.ok_or_else(missing)
    }

    /// The installation's secrets, made where it has none. A file that is broken is never replaced: what was sealed
    /// and signed with the old ones would be lost.
    ///
    /// # Errors
    /// The file is broken or cannot be written, or the system has no randomness.
    pub(crate) fn load_or_make(data: &Data) -> Result<Self, Failure> {
        if let Some(secrets) = data.read(FILE)? {
            return Ok(secrets);
        }
        let secrets = Self {
            edge_key: random()?,
            master_key: random()?,
            s3_secret_key: random()?,
            database_password: random()?,
            mail_key: None,
        };
        data.write(FILE, &secrets)?;
        Ok(secrets)
    }
}

fn random() -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| Failure::new(format!("the system has no randomness: {e}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
