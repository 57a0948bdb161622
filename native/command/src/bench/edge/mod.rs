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

use std::path::PathBuf;

use aw_runtimes::{Result, process, setup};

use super::{Args, figure::Figure, figure::Report, machine, raw::Raw};
use crate::failure::Failure;

/// What the parts work with.
pub(super) struct Bench {
    /// The load generator.
    pub(super) wrk: PathBuf,
    /// Where everything measured goes.
    pub(super) raw: Raw,
    /// How often each measurement is repeated.
    pub(super) rounds: u32,
    figures: Vec<Figure>,
}

impl Bench {
    /// Adds a figure.
    pub(super) fn figure(&mut self, figure: Figure) {
        self.figures.push(figure);
    }
}

/// A part's name, and what it measures.
type Part = (&'static str, fn(&mut Bench) -> Result<()>);

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
    if let Some(unknown) = args.only.iter().find(|name| !PARTS.iter().any(|(part, _)| part == name)) {
        let names: Vec<_> = PARTS.iter().map(|(name, _)| *name).collect();
        return Err(Failure::Usage(format!("bench edge: there is no part {unknown}; there are {}", names.join(", "))));
    }
    let machine = machine::describe();
    process::high_priority();
    let mut bench = Bench { wrk: setup::wrk()?, raw: Raw::begin("edge")?, rounds: args.rounds, figures: Vec::new() };
    bench.raw.note("machine", &machine)?;
    for (name, part) in PARTS.iter().filter(|(name, _)| args.only.is_empty() || args.only.iter().any(|n| n == name)) {
        eprintln!("-- {name}");
        if let Err(why) = part(&mut bench) {
            eprintln!("{name}: {why}");
            bench.raw.note(name, &why.0)?;
            bench.figure(Figure::missing(*name, why.0.lines().next().unwrap_or_default()));
        }
    }
    let report = Report::new("edge", machine, bench.figures);
    if args.only.is_empty() {
        bench.raw.figures(&report.json())?;
    }
    Ok(report)
}
