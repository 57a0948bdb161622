//! `authorworks tenant quota`.

use std::str::FromStr;

use http::Method;
use serde_json::{Value, json};

use crate::{
    data::DataArgs,
    failure::Failure,
    operator::{Operator, escape},
};

/// Show what a tenant may use, or change what is named
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The tenant's id
    id: String,
    /// How many accounts it may have, or `none` for any number
    #[arg(long, value_name = "N")]
    members: Option<Limit>,
    /// How many bytes of files it may store
    #[arg(long, value_name = "BYTES")]
    stored_bytes: Option<u64>,
    /// How often everybody together may ask its origin in a minute, or `none` for any number
    #[arg(long, value_name = "N")]
    requests_per_minute: Option<Limit>,
    /// How many jobs (exports as PDF) may wait or run at once
    #[arg(long, value_name = "N")]
    jobs: Option<u32>,
    #[command(flatten)]
    data: DataArgs,
    /// One object
    #[arg(long)]
    json: bool,
}

/// A number, or none.
#[derive(Clone, Copy, Debug)]
struct Limit(Option<u32>);

impl FromStr for Limit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self(None));
        }
        text.parse().map(|n| Self(Some(n))).map_err(|_| "write a whole number, or none")
    }
}

/// Shows them, changed where something is named.
///
/// # Errors
/// The origin does not run or says no.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let (operator, _) = Operator::of(&args.data)?;
    let path = format!("/v1/tenants/{}/quotas", escape(&args.id));
    let mut quotas = operator.json(Method::GET, &path, None, &Value::Null)?;
    let named = [
        ("members", args.members.map(|Limit(n)| json!(n))),
        ("storedBytes", args.stored_bytes.map(|n| json!(n))),
        ("requestsPerMinute", args.requests_per_minute.map(|Limit(n)| json!(n))),
        ("jobs", args.jobs.map(|n| json!(n))),
    ];
    if named.iter().any(|(_, value)| value.is_some()) {
        for (name, value) in named.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            quotas[name] = value;
        }
        quotas = operator.json(Method::PUT, &path, None, &quotas)?;
    }
    if args.json {
        println!("{quotas}");
        return Ok(());
    }
    for (name, what) in [
        ("members", "accounts"),
        ("storedBytes", "bytes stored"),
        ("requestsPerMinute", "requests a minute"),
        ("jobs", "jobs at once"),
    ] {
        let most = quotas[name].as_u64().map_or_else(|| "any number".to_owned(), |n| n.to_string());
        println!("{what:<20} {most}");
    }
    Ok(())
}
