//! `authorworks tenant import`.

use std::path::PathBuf;

use aw_archive::Place;

use super::{address, installation::Installation, show};
use crate::{
    data::{Data, DataArgs, Running},
    failure::Failure,
};

/// Restore a tenant from a file that `export` wrote: whole, or not at all
///
/// The installation may run or not. Readers log in with the passwords that they had. Recovery codes and codes of gifts
/// are made with the other installation's master key: they are to be made anew.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file
    file: PathBuf,
    /// Its id here [default: as it was]
    #[arg(long, value_name = "NEW")]
    id: Option<String>,
    /// A host that it is read at here, the main one first; say it again for more [default: as they were]
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<String>,
    /// Its base URL [default: of the first host, as it is read here]
    #[arg(long)]
    url: Option<String>,
    #[command(flatten)]
    data: DataArgs,
    /// One object
    #[arg(long)]
    json: bool,
}

/// Restores it.
///
/// # Errors
/// The file is damaged or of a newer version, its id or a host is taken, or something breaks off: then nothing of it is
/// there.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let installation = Installation::open(&args.data)?;
    let running = Running::find(&Data::existing(&args.data)?, &args.data).ok();
    let here = || Some(address(args.hosts.first()?, running.as_ref()?));
    let base_url = args.url.clone().or_else(here);
    let place = Place { id: args.id.clone(), hosts: args.hosts.clone(), base_url };
    let tell = |what: &str| eprintln!("import: {what}");
    let done = aw_archive::import(installation.settings(), &args.file, &place, &tell);
    let done = done.map_err(|e| Failure::new(format!("import: {}: {e}", args.file.display())))?;
    let tenant = serde_json::to_value(&done.tenant).map_err(|e| Failure::new(e.to_string()))?;
    show(&tenant, args.json);
    if !args.json {
        println!("{} rows, {} objects; its pages go to the edges now", done.rows, done.objects);
    }
    Ok(())
}
