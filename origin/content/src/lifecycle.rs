//! From a first draft to the archive: states, and what happens when.

mod openings;
pub(crate) mod routes;
mod serial;
mod state;
mod time;
mod work;

pub(crate) use openings::{OpeningSchema, plan, reschedule};
pub(crate) use routes::route;
pub(crate) use state::State;
pub(crate) use work::{Worked, work};
