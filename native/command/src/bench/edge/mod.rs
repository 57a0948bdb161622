//! `authorworks bench edge`: what an edge costs, on every runtime, beside what one would write without us.

mod allocations;
mod beside;
mod catalogue;
mod chapter;
mod hello;
mod javascript;
mod servers;
mod sizes;
mod start;

use super::{
    Args,
    figure::Report,
    parts::{self, Part},
};
use crate::failure::Failure;

pub(super) use super::parts::Bench;
pub(super) use servers::{gateway_launch, publish};

const PARTS: &[Part] = &[
    ("sizes", sizes::run),
    ("allocations", allocations::run),
    ("hello-native", hello::native),
    ("hello-fastly", hello::fastly),
    ("hello-spin", hello::spin),
    ("hello-cloudflare", hello::cloudflare),
    ("chapter-native", chapter::native),
    ("chapter-fastly", chapter::fastly),
    ("chapter-cloudflare", chapter::cloudflare),
    ("start", start::run),
    ("catalogue", catalogue::run),
];

/// Runs all parts, or those that are asked for.
///
/// # Errors
/// There is no such part; wrk cannot be had; the results cannot be written.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    parts::run("edge", args, PARTS, 7)
}
