//! From a first draft to the archive: states, and what happens when.

mod openings;
mod state;

pub(crate) use openings::{OpeningSchema, plan, reschedule};
pub(crate) use state::State;
