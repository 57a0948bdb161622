//! `setup` and `doctor`: the tools that building, running and testing need.

use std::process::ExitCode;

use aw_runtimes::setup;

use crate::failure::Failure;

/// Install the tools that building, running and testing need
///
/// Toolchains for wasm, Node's tools (wrangler, workerd, the Fastly CLI), PostgreSQL, Viceroy, the test host for
/// Spin, Chromium: each pinned, cached outside the checkout, and left alone when it is there.
#[derive(clap::Args)]
pub(crate) struct SetupArgs {
    /// Only the typesetter, which exports as PDF need: about ten minutes of CPU the first time
    #[arg(long)]
    pdf: bool,
}

/// Say which tools are there, and what to do about those that are not
#[derive(clap::Args)]
pub(crate) struct DoctorArgs {
    /// One object per tool
    #[arg(long)]
    json: bool,
}

/// Installs all tools.
///
/// # Errors
/// What could not be had, one paragraph each.
pub(crate) fn setup(args: &SetupArgs) -> Result<ExitCode, Failure> {
    if args.pdf {
        println!("setup: the typesetter is {}", setup::TYPESETTER.get()?.display());
        return Ok(ExitCode::SUCCESS);
    }
    setup::all()?;
    println!("setup: everything is there");
    Ok(ExitCode::SUCCESS)
}

/// Lists all tools. Exit code 1 where one is missing that is not only for `bench`, for PDFs or for a first build.
pub(crate) fn doctor(args: &DoctorArgs) -> Result<ExitCode, Failure> {
    let findings = setup::doctor();
    for finding in &findings {
        if args.json {
            println!("{}", serde_json::to_string(finding).map_err(|e| Failure::new(e.to_string()))?);
            continue;
        }
        let version = finding.version.as_deref().unwrap_or("");
        match (&finding.path, &finding.remedy) {
            (_, Some(remedy)) => println!("missing  {:<24} {remedy}", finding.tool),
            (Some(path), _) => println!("ok       {:<24} {version}  {}", finding.tool, path.display()),
            _ => println!("ok       {:<24} {version}", finding.tool),
        }
    }
    let needed =
        |finding: &&setup::Finding| !finding.ok && !matches!(finding.tool.as_str(), "wrk" | "typesetter" | "disk");
    Ok(if findings.iter().any(|finding| needed(&finding)) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
