//! What an archive says of itself.

use serde::{Deserialize, Serialize};

/// The version of the format. A program reads those up to its own.
pub const FORMAT: u32 = 1;
/// The manifest's name.
pub(crate) const NAME: &str = "manifest.json";
/// The folder of the rows.
pub(crate) const TABLES: &str = "tables/";
/// The folder of the objects.
pub(crate) const OBJECTS: &str = "objects/";

/// An archive's manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    /// [`FORMAT`] of who wrote it.
    pub(crate) format: u32,
    /// RFC 3339.
    pub(crate) exported_at: String,
    pub(crate) tenant: Tenant,
    /// What had been applied to its database, in order.
    pub(crate) migrations: Vec<Applied>,
    pub(crate) counts: Counts,
    /// All but this one, in the order of their names.
    pub(crate) entries: Vec<Entry>,
}

/// Whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tenant {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) base_url: String,
    pub(crate) hosts: Vec<String>,
    pub(crate) suspended: bool,
}

/// A migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Applied {
    pub(crate) file: String,
    pub(crate) sha256: String,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) tables: u64,
    pub(crate) rows: u64,
    pub(crate) objects: u64,
    /// Of the objects.
    pub(crate) bytes: u64,
}

/// A file in the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) size: u64,
    /// Lower-case hexadecimal.
    pub(crate) sha256: String,
    /// Of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rows: Option<u64>,
    /// Of an object: what the store keeps with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<(String, String)>,
}
