//! Publishing: a draft becomes objects and records.

mod epub;
mod freeze;
mod linked;
mod placement;
mod run;
mod shelves;
mod store;
mod withdraw;

pub(crate) use run::publish;
pub(crate) use store::put;
pub(crate) use withdraw::{withdraw, withdraw_locked};
