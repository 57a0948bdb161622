//! Publishing: a draft becomes objects and records.

mod epub;
mod freeze;
mod linked;
mod placement;
pub(crate) mod redirects;
mod routes;
mod run;
mod shelves;
mod store;
mod withdraw;

pub(crate) use routes::route;
pub(crate) use run::{LEAD, Published, publish};
pub(crate) use shelves::leave as leave_shelves;
pub(crate) use store::put;
pub(crate) use withdraw::{withdraw, withdraw_locked};
