//! `authorworks tenant export`.

use std::path::PathBuf;

use serde_json::json;

use super::installation::Installation;
use crate::{data::DataArgs, failure::Failure};

/// Write everything of a tenant to one file, from which `import` restores it here or elsewhere
///
/// The installation may run or not. The file is as secret as the database: it has every reader's address and
/// password hash, and what the database keeps sealed (second factors, payment keys) it has opened. Only its owner may
/// read it (mode 0600).
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The tenant's id
    id: String,
    /// The file to write, which is not there yet
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// One object with what was written
    #[arg(long)]
    json: bool,
}

/// Writes it.
///
/// # Errors
/// There is no such tenant, the file is there, or something breaks off: then there is no file.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let installation = Installation::open(&args.data)?;
    let tell = |what: &str| eprintln!("export: {what}");
    let done = aw_archive::export(installation.settings(), &args.id, &args.output, &tell);
    let done = done.map_err(|e| Failure::new(format!("export: {e}")))?;
    let file = args.output.display();
    if args.json {
        let counts = json!({ "tables": done.tables, "rows": done.rows, "objects": done.objects, "size": done.size });
        println!("{}", json!({ "id": args.id, "file": file.to_string(), "counts": counts, "left": done.left }));
        return Ok(());
    }
    println!("{file}: {} rows, {} objects, {:.1} MB", done.rows, done.objects, done.size as f64 / 1e6);
    for left in &done.left {
        println!("Does not move: {left}.");
    }
    println!("Keep it as you keep the database: whoever has it has the readers' data and the tenant's secrets.");
    Ok(())
}
