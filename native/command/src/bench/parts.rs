//! A bench: its parts, one after the other, and the figures that they come to.

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
pub(super) type Part = (&'static str, fn(&mut Bench) -> Result<()>);

/// Runs all of `parts` of the bench `name`, or those that are asked for; measures `rounds` times where nothing else is
/// asked for.
///
/// # Errors
/// There is no such part; wrk cannot be had; the results cannot be written.
pub(super) fn run(name: &'static str, args: &Args, parts: &[Part], rounds: u32) -> Result<Report, Failure> {
    if let Some(unknown) = args.only.iter().find(|name| !parts.iter().any(|(part, _)| part == name)) {
        let names: Vec<_> = parts.iter().map(|(name, _)| *name).collect();
        let names = names.join(", ");
        return Err(Failure::Usage(format!("bench {name}: there is no part {unknown}; there are {names}")));
    }
    let machine = machine::describe();
    process::high_priority();
    let (wrk, raw, rounds) = (setup::wrk()?, Raw::begin(name)?, args.rounds.unwrap_or(rounds));
    let mut bench = Bench { wrk, raw, rounds, figures: Vec::new() };
    bench.raw.note("machine", &machine)?;
    for (name, part) in parts.iter().filter(|(name, _)| args.only.is_empty() || args.only.iter().any(|n| n == name)) {
        eprintln!("-- {name}");
        if let Err(why) = part(&mut bench) {
            eprintln!("{name}: {why}");
            bench.raw.note(name, &why.0)?;
            bench.figure(Figure::missing(*name, why.0.lines().next().unwrap_or_default()));
        }
    }
    let report = Report::new(name, machine, bench.figures);
    if args.only.is_empty() {
        bench.raw.figures(&report.json())?;
    }
    Ok(report)
}
