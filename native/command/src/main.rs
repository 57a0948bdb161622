//! `authorworks`: everything that one does with AuthorWorks from a shell.
//!
//! What is for people goes to stderr or plain lines, what is for machines (`--json`) to stdout, one JSON value per
//! line. A failure is one line that names the file or field and the remedy; the exit code is 0 for done, 1 for
//! failed, 2 for called wrongly.

mod bench;
mod build;
mod conform;
mod data;
mod export;
mod failure;
mod r#gen;
mod import;
mod mail;
mod migrate;
mod operator;
mod publish;
mod suites;
mod tenant;
mod tools;
mod up;
mod user;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// A publishing platform that a small press or a single author runs for themselves.
#[derive(Parser)]
#[command(name = "authorworks", version, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Up(up::Args),
    Tenant(tenant::Args),
    User(user::Args),
    Mail(mail::Args),
    Import(import::Args),
    Publish(publish::Args),
    Export(export::Args),
    Work(work::Args),
    Migrate(migrate::Args),
    Build(build::Args),
    Setup(tools::SetupArgs),
    Doctor(tools::DoctorArgs),
    Gen(r#gen::Args),
    Conform(ConformArgs),
    Bench(bench::Args),
    Test(TestArgs),
}

/// Run the conformance suite on every runtime
#[derive(clap::Args)]
struct ConformArgs {
    /// Only this runtime: native, cloudflare, fastly or spin
    #[arg(long, value_name = "RUNTIME")]
    on: Option<String>,
    /// One object per runtime
    #[arg(long)]
    json: bool,
}

/// Check everything: formatting, generated files, dependencies, clippy, tests
#[derive(clap::Args)]
struct TestArgs {
    /// Only this stage; `crash` by itself kills 50 times, and 5 times where it is one of all
    suite: Option<String>,
    /// What an earlier run of `crash` had for chance: it prints it
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// One object per stage and one for the sum
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(failure) => failure.tell(),
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Up(args) => up::run(&args),
        Command::Tenant(args) => tenant::run(&args),
        Command::User(args) => user::run(&args),
        Command::Mail(args) => mail::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Publish(args) => publish::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Work(args) => work::run(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Setup(args) => tools::setup(&args),
        Command::Doctor(args) => tools::doctor(&args),
        Command::Gen(args) => r#gen::run(&args),
        Command::Conform(args) => Ok(conform::run(args.on, args.json)),
        Command::Bench(args) => bench::run(&args),
        Command::Test(args) => Ok(suites::run(args.suite.as_deref(), args.seed, args.json)),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent_and_everything_has_help() {
        let mut cli = super::Cli::command();
        cli.build();
        cli.clone().debug_assert();
        for command in cli.get_subcommands().filter(|command| command.get_name() != "help") {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {} has no help", command.get_name(), argument.get_id());
            }
        }
    }
}
