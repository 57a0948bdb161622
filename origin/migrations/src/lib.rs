//! The schemas of the control database and of a tenant's, and how they come to be.
//!
//! Each kind of database has one chain of migrations, embedded in the program. A migration is applied once, in its
//! order, in one transaction with all the others that are due; its SHA-256 is kept, and one that was changed after
//! it was applied is an error.
#![allow(async_fn_in_trait)]

mod apply;
mod chain;
mod database;
mod error;

pub use apply::{Applied, migrate, migrate_first, pending};
pub use chain::{Kind, Migration};
pub use database::{create_database, drop_database, migrate_all, tenant_database};
pub use error::MigrateError;
