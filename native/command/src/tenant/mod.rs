//! `authorworks tenant`: the presses of an installation.

mod create;
mod delete;
mod export;
mod import;
mod installation;
mod list;
mod quota;
mod suspend;

use std::process::ExitCode;

use serde_json::Value;

use crate::{data::Running, failure::Failure};

/// The presses of an installation, each with its own books, readers and database: make, suspend, move and delete them
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Create(create::Args),
    List(list::Args),
    Quota(quota::Args),
    Suspend(suspend::SuspendArgs),
    Resume(suspend::ResumeArgs),
    Delete(delete::Args),
    Export(export::Args),
    Import(import::Args),
}

/// Does what is asked.
///
/// # Errors
/// The origin does not run or says no.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::Create(args) => create::run(args),
        Command::List(args) => list::run(args),
        Command::Quota(args) => quota::run(args),
        Command::Suspend(args) => suspend::suspend(args),
        Command::Resume(args) => suspend::resume(args),
        Command::Delete(args) => delete::run(args),
        Command::Export(args) => export::run(args),
        Command::Import(args) => import::run(args),
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
