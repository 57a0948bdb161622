//! The chains.

use sha2::{Digest, Sha256};

/// The kind of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tenants, hosts, nonces: one for the whole origin.
    Control,
    /// One tenant's everything.
    Tenant,
}

/// One step of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its place in the chain, from 1.
    pub number: u32,
    /// Its file under `origin/migrations/`, such as `tenant/0001_accounts.sql`.
    pub file: &'static str,
    /// Statements of PostgreSQL.
    pub sql: &'static str,
}

impl Migration {
    /// The SHA-256 of its text, in lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        Sha256::digest(self.sql.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
    }
}

macro_rules! chain {
    ($($number:literal $file:literal)*) => {
        &[$(Migration { number: $number, file: $file, sql: include_str!(concat!("../", $file)) }),*]
    };
}

const CONTROL: &[Migration] = chain! {
    1 "control/0001_tenants.sql"
    2 "control/0002_quotas.sql"
    3 "control/0003_jobs.sql"
};

const TENANT: &[Migration] = chain! {
    1 "tenant/0001_accounts.sql"
    2 "tenant/0002_books.sql"
    3 "tenant/0003_publishing.sql"
    4 "tenant/0004_requests.sql"
    5 "tenant/0005_mail.sql"
    6 "tenant/0006_factors.sql"
    7 "tenant/0007_manuscripts.sql"
    8 "tenant/0008_exports.sql"
    9 "tenant/0009_files.sql"
    10 "tenant/0010_subscriptions.sql"
    11 "tenant/0011_events.sql"
    12 "tenant/0012_jobs.sql"
    13 "tenant/0013_matter.sql"
    14 "tenant/0014_endings.sql"
    15 "tenant/0015_disputes.sql"
    16 "tenant/0016_codes.sql"
};

impl Kind {
    /// The chain for databases of this kind.
    pub const fn chain(self) -> &'static [Migration] {
        match self {
            Self::Control => CONTROL,
            Self::Tenant => TENANT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_numbered_from_one_and_hold_every_file() {
        for (kind, folder) in [(Kind::Control, "control"), (Kind::Tenant, "tenant")] {
            let mut files: Vec<String> = std::fs::read_dir(format!("{}/{folder}", env!("CARGO_MANIFEST_DIR")))
                .unwrap()
                .map(|f| format!("{folder}/{}", f.unwrap().file_name().to_str().unwrap()))
                .collect();
            files.sort();
            assert_eq!(kind.chain().iter().map(|m| m.file).collect::<Vec<_>>(), files);
            for (n, migration) in kind.chain().iter().enumerate() {
                assert_eq!(migration.number as usize, n + 1);
                assert!(migration.file.starts_with(&format!("{folder}/{:04}_", n + 1)));
                assert!(!migration.sql.contains("$migration$"), "{}: this tag is ours", migration.file);
            }
        }
    }
}
