//! What `up` says when everything is up.

use std::time::Duration;

use serde_json::json;

use super::Args;
use crate::{data::Running, operator::Operator, tenant};

/// Tells where everything is and what to do next; with `--json` in one object.
pub(super) fn up(
    args: &Args,
    running: &Running,
    operator: &Operator,
    typesets: bool,
    (built, started): (Duration, Duration),
) {
    let seconds = |d: Duration| (d.as_secs_f64() * 10.0).round() / 10.0;
    if args.json {
        let mut line = json!(running);
        line["builtIn"] = json!(built.as_secs_f64());
        line["startedIn"] = json!(started.as_secs_f64());
        line["typesets"] = json!(typesets);
        println!("{line}");
        return;
    }
    println!("AuthorWorks is up: started in {} s, after {} s of building\n", seconds(started), seconds(built));
    for edge in &running.edges {
        println!("  edge    {:<12} {}", edge.name, edge.url);
    }
    println!("  origin  {:<12} {}", running.origin_on, running.origin);
    println!("  data    {:<12} {}\n", "", args.data.dir.display());
    if !typesets {
        println!("PDF export: the typesetter is not built, and jobs wait for it: cargo aw setup --pdf builds it\n");
    }
    let data = args.data.shown();
    match operator.list("/v1/tenants", None) {
        Ok(tenants) if !tenants.is_empty() => {
            for found in &tenants {
                let hosts = found["hosts"].as_array().into_iter().flatten().filter_map(|host| host.as_str());
                for host in hosts {
                    println!("  {}", tenant::address(host, running));
                }
            }
        }
        _ => {
            println!("Next, in another terminal:");
            println!("  cargo aw tenant create press --name \"My Press\"{data}");
            println!("  cargo aw import BOOK.epub --tenant press{data}");
            println!("  cargo aw publish SLUG --tenant press{data}");
            println!("and read it at {}", tenant::address("press.localhost", running));
        }
    }
    println!("\nCtrl-C stops everything; the data stays.");
}
