//! `authorworks tenant delete`.

use std::{
    io::{IsTerminal, Write, stdin, stdout},
    thread::sleep,
    time::Duration,
};

use http::Method;
use serde_json::{Value, json};

use crate::{
    data::DataArgs,
    failure::Failure,
    operator::{Operator, escape},
};

/// How often it is looked how far it has come.
const ROUND: Duration = Duration::from_secs(1);

/// Delete a tenant: its books, readers, files and database, at every edge, for ever
///
/// It is there for nobody at once. Its id and its hosts are free when nothing is left of it anywhere, which takes a
/// minute or more: what was on its way is waited for, and edges that are down. `up` goes on with it by itself.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The tenant's id
    id: String,
    /// The id once more, in place of being asked for it
    #[arg(long, value_name = "ID")]
    confirm: Option<String>,
    /// An edge that is not waited for: what it has, it keeps; say it again for more
    #[arg(long = "abandon-edge", value_name = "NAME")]
    abandoned: Vec<String>,
    /// Begin, and do not wait for the end
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    data: DataArgs,
    /// One object, when it is over or not waited for
    #[arg(long)]
    json: bool,
}

/// Deletes it.
///
/// # Errors
/// The id is not confirmed; the origin does not run or says no.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let (operator, _) = Operator::of(&args.data)?;
    confirm(args)?;
    let id = escape(&args.id);
    let abandoned: Vec<String> = args.abandoned.iter().map(|name| escape(name)).collect();
    let path = format!("/v1/tenants/{id}?confirm={id}&abandon={}", abandoned.join(","));
    let path = path.trim_end_matches("&abandon=");
    let mut state = operator.json(Method::DELETE, path, None, &Value::Null)?;
    let mut shown = String::new();
    while state["done"] != true && !args.no_wait {
        let waiting = waiting(&state);
        if waiting != shown {
            eprintln!("tenant: {} is there for nobody any more; waiting: {waiting}", args.id);
            shown = waiting;
        }
        sleep(ROUND);
        let answer = operator.ask(Method::DELETE, path, None, &[], Vec::new())?;
        // `up` has brought it to its end meanwhile.
        state = if answer.status == 404 {
            json!({ "id": args.id, "done": true, "waitingFor": [] })
        } else {
            answer.data()?
        };
    }
    match (args.json, state["done"] == true) {
        (true, _) => println!("{state}"),
        (false, true) => println!("{} is deleted; its id and its hosts are free", args.id),
        (false, false) => println!("{} is there for nobody any more; to come: {}", args.id, waiting(&state)),
    }
    Ok(())
}

/// Has the id said twice.
fn confirm(args: &Args) -> Result<(), Failure> {
    let said = match &args.confirm {
        Some(said) => said.clone(),
        None if stdin().is_terminal() => {
            print!("Everything of the tenant {} will be gone for ever. Its id, to go on: ", args.id);
            let mut line = String::new();
            let read = stdout().flush().and_then(|()| stdin().read_line(&mut line));
            read.map_err(|e| Failure::new(format!("the terminal: {e}")))?;
            line.trim().to_owned()
        }
        None => return Err(Failure::Usage(format!("say --confirm {0} to delete {0} for ever", args.id))),
    };
    if said == args.id {
        Ok(())
    } else {
        Err(Failure::Usage(format!("{said:?} is not {}: nothing is deleted", args.id)))
    }
}

/// What is waited for, in words.
fn waiting(state: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let each = state["waitingFor"].as_array().into_iter().flatten();
    each.map(|w| format!("{} ({})", text(&w["what"]), text(&w["why"]))).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_waited_for_is_told() {
        let state = json!({ "waitingFor": [{ "what": "edge:eu", "why": "down" }, { "what": "store", "why": "more" }] });
        assert_eq!(waiting(&state), "edge:eu (down), store (more)");
    }
}
