//! `authorworks tenant create`.

use http::Method;
use serde_json::json;

use super::{address, show};
use crate::{data::DataArgs, failure::Failure, operator::Operator};

/// Make a tenant
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Its id: lower-case letters, digits and hyphens; it names its database
    id: String,
    /// The name that readers see
    #[arg(long)]
    name: String,
    /// A host that it is read at, the main one first; say it again for more [default: ID.localhost]
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<String>,
    /// Its base URL [default: of the first host: http and the first edge's port for localhost, else https]
    #[arg(long)]
    url: Option<String>,
    #[command(flatten)]
    data: DataArgs,
    /// One object
    #[arg(long)]
    json: bool,
}

/// Makes it.
///
/// # Errors
/// The origin does not run or says no.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let (operator, running) = Operator::of(&args.data)?;
    let local = [format!("{}.localhost", args.id)];
    let hosts = if args.hosts.is_empty() { &local[..] } else { &args.hosts };
    let url = args.url.clone().unwrap_or_else(|| address(&hosts[0], &running));
    let body = json!({ "id": args.id, "name": args.name, "hosts": hosts, "baseUrl": url });
    let tenant = operator.json(Method::POST, "/v1/tenants", None, &body)?;
    show(&tenant, args.json);
    if !args.json {
        println!("\nNext: cargo aw import BOOK.epub --tenant {}{}", args.id, args.data.shown());
    }
    Ok(())
}
