//! `authorworks mail`: the outbox of mail.

use std::process::ExitCode;

use http::Method;
use serde_json::Value;

use crate::{data::DataArgs, failure::Failure, operator::Operator};

/// Show a tenant's mail with its links: what was sent, what waits, and what was given up
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// One mail, whole; all of them in a list where it is left out
    id: Option<String>,
    /// The tenant's id
    #[arg(long)]
    tenant: String,
    /// How many, the newest first
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    #[command(flatten)]
    data: DataArgs,
    /// One object per mail
    #[arg(long)]
    json: bool,
}

/// Does what is asked.
///
/// # Errors
/// The origin does not run or says no.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (operator, _) = Operator::of(&args.data)?;
    let get = |path: &str| operator.json(Method::GET, path, Some(&args.tenant), &Value::Null);
    let whole = |id: &str| get(&format!("/v1/mails/{}", crate::operator::escape(id)));
    if let Some(id) = &args.id {
        let mail = whole(id)?;
        if args.json {
            println!("{mail}");
        } else {
            println!("{}\n\n{}", heading(&mail), text(&mail, "text"));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mails = get(&format!("/v1/mails?limit={}", args.limit))?;
    let mails = mails.as_array().map(Vec::as_slice).unwrap_or_default();
    for mail in mails {
        // A list has no text, and the text has the link.
        let mail = whole(text(mail, "id"))?;
        if args.json {
            println!("{mail}");
            continue;
        }
        println!("{}", heading(&mail));
        links(text(&mail, "text")).for_each(|link| println!("  {link}"));
    }
    if mails.is_empty() && !args.json {
        println!("{} has no mail yet", args.tenant);
    }
    Ok(ExitCode::SUCCESS)
}

fn text<'a>(mail: &'a Value, field: &str) -> &'a str {
    mail[field].as_str().unwrap_or_default()
}

fn heading(mail: &Value) -> String {
    let why = mail["error"].as_str().map(|why| format!(": {why}")).unwrap_or_default();
    let [at, id, to, subject, state] = ["createdAt", "id", "to", "subject", "state"].map(|field| text(mail, field));
    format!("{at}  {id}  {to}  {subject}  ({state}{why})")
}

/// The lines that are addresses.
pub(crate) fn links(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| line.starts_with("http://") || line.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_and_failures_said() {
        let found: Vec<_> = links("Hello\n\nConfirm:\nhttps://x.example/verify?token=a\n\n-- \nPress").collect();
        assert_eq!(found, ["https://x.example/verify?token=a"]);
        let mail = serde_json::json!({ "to": "a@b.c", "subject": "Hi", "state": "dead", "error": "422: no" });
        assert!(heading(&mail).ends_with("a@b.c  Hi  (dead: 422: no)"));
    }
}
