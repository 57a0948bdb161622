//! `authorworks bench`: every figure that is quoted, beside what it is compared to, in one run.

mod cpu;
mod edge;
mod figure;
mod load;
mod machine;
mod origin;
mod parts;
mod raw;
mod rounds;
mod size;

use std::process::ExitCode;

use crate::failure::Failure;

/// Measure, and print each figure beside what it is compared to
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The bench: edge or origin
    pub(crate) name: String,
    /// Only these of its parts, separated by commas
    #[arg(long, value_name = "PARTS", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// How often each measurement is repeated [default: 7 for edge, 3 for origin]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..100))]
    pub(crate) rounds: Option<u32>,
    /// One object with all figures
    #[arg(long)]
    pub(crate) json: bool,
}

/// Runs the bench called `args.name`. Exit code 1 where a figure does not hold. What was measured is kept under
/// `bench/results/`.
///
/// # Errors
/// There is no such bench or part, or its tools cannot be had.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let report = match args.name.as_str() {
        "edge" => edge::run(args)?,
        "origin" => origin::run(args)?,
        other => return Err(Failure::Usage(format!("bench: there is no bench {other}; there are edge and origin"))),
    };
    report.print(args.json);
    Ok(if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
