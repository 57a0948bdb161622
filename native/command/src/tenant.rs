//! `authorworks tenant`: the presses of an installation.

use std::process::ExitCode;

use http::Method;
use serde_json::{Value, json};

use crate::{
    data::{DataArgs, Running},
    failure::Failure,
    operator::Operator,
};

/// Make tenants, and list them: each is a press with its own books, readers and database
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Create(CreateArgs),
    List(ListArgs),
}

/// Make a tenant
#[derive(Debug, clap::Args)]
struct CreateArgs {
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

/// List the tenants
#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    data: DataArgs,
    /// One object per tenant
    #[arg(long)]
    json: bool,
}

/// Does what is asked.
///
/// # Errors
/// The origin does not run or says no.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::Create(args) => create(args),
        Command::List(args) => list(args),
    }
    .map(|()| ExitCode::SUCCESS)
}

/// Where a host is read on this machine: at the first edge.
pub(crate) fn address(host: &str, running: &Running) -> String {
    if host != "localhost" && !host.ends_with(".localhost") {
        return format!("https://{host}");
    }
    let port = running.edges.first().and_then(|edge| edge.url.rsplit_once(':')).map_or("", |(_, port)| port);
    format!("http://{host}:{port}")
}

fn create(args: &CreateArgs) -> Result<(), Failure> {
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

fn list(args: &ListArgs) -> Result<(), Failure> {
    let (operator, _) = Operator::of(&args.data)?;
    let tenants = operator.list("/v1/tenants", None)?;
    tenants.iter().for_each(|tenant| show(tenant, args.json));
    if tenants.is_empty() && !args.json {
        println!("There is none yet: cargo aw tenant create ID --name NAME{}", args.data.shown());
    }
    Ok(())
}

fn show(tenant: &Value, json: bool) {
    if json {
        println!("{tenant}");
        return;
    }
    let text = |field: &str| tenant[field].as_str().unwrap_or_default().to_owned();
    let hosts: Vec<&str> = tenant["hosts"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let suspended = if tenant["suspended"] == true { "  suspended" } else { "" };
    println!("{:<16} {:<28} {}  ({}){suspended}", text("id"), text("name"), text("baseUrl"), hosts.join(", "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::EdgeAt;

    #[test]
    fn local_hosts_are_read_at_the_first_edge() {
        let edge = EdgeAt { name: "native".into(), url: "http://127.0.0.1:8080".into() };
        let running = Running { pid: 1, origin: String::new(), origin_on: String::new(), edges: vec![edge] };
        assert_eq!(address("press.localhost", &running), "http://press.localhost:8080");
        assert_eq!(address("press.example", &running), "https://press.example");
        assert_eq!(address("notlocalhost", &running), "https://notlocalhost");
    }
}
