//! `authorworks build`: what is deployed.

use std::process::ExitCode;

use serde_json::json;

use crate::{failure::Failure, up::On};

/// Build a deployable, as it is deployed
///
/// For Cloudflare, Fastly and Spin it is written to dist/, where wrangler.toml, fastly.toml and spin.toml have it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The platform
    #[arg(value_enum)]
    target: On,
    /// The deployable: gateway, origin (native and spin), hello or conformance
    #[arg(default_value = "gateway")]
    app: String,
    /// One object
    #[arg(long)]
    json: bool,
}

/// Builds it and prints the files.
///
/// # Errors
/// A tool is missing, there is no such deployable, or it does not compile.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let name = args.target.name();
    let runtime = aw_runtimes::all().into_iter().find(|runtime| runtime.name() == name);
    let runtime = runtime.ok_or_else(|| Failure::Usage(format!("there is no platform {name}")))?;
    let files = runtime.build(&args.app)?;
    if args.json {
        println!("{}", json!({ "target": name, "app": args.app, "files": files }));
    } else {
        files.iter().for_each(|file| println!("{}", file.display()));
    }
    Ok(ExitCode::SUCCESS)
}
