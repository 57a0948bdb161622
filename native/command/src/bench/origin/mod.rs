//! `authorworks bench origin`: what the origin costs, natively and as Spin components, with PostgreSQL's share apart.

mod components;
mod editor;
mod ground;
mod http;
mod load;
mod login;
mod press;
mod session;
mod statements;

use super::{
    Args,
    figure::Report,
    parts::{self, Part},
};
use crate::failure::Failure;

pub(super) use super::parts::Bench;

const PARTS: &[Part] =
    &[("sizes", components::weigh), ("start", components::start), ("session", session::run), ("load", load::run)];

/// Runs all parts, or those that are asked for.
///
/// # Errors
/// There is no such part; wrk cannot be had; the results cannot be written.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    parts::run("origin", args, PARTS, 3)
}
