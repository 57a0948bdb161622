//! `authorworks user`: roles and entitlements.

use std::process::ExitCode;

use http::Method;
use serde_json::{Value, json};

use crate::{
    data::DataArgs,
    failure::Failure,
    operator::{Operator, escape},
};

/// List a tenant's users, and say what they may do and read
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(ListArgs),
    Set(SetArgs),
}

/// List the users
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The tenant's id
    #[arg(long)]
    tenant: String,
    #[command(flatten)]
    data: DataArgs,
    /// One object per user
    #[arg(long)]
    json: bool,
}

/// Set a user's roles and entitlements, those that are named and no others; suspend them
#[derive(Debug, clap::Args)]
struct SetArgs {
    /// Who: the address they registered with, or their id
    user: String,
    /// owner, admin, editor, author or reader; say it again for more, or `none`
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// tier:NAME or book:ID; say it again for more, or `none`
    #[arg(long = "entitlement", value_name = "ENTITLEMENT")]
    entitlements: Vec<String>,
    /// Whether they can log in no more: `true` ends their sessions
    #[arg(long, value_name = "BOOL")]
    suspended: Option<bool>,
    /// The tenant's id
    #[arg(long)]
    tenant: String,
    #[command(flatten)]
    data: DataArgs,
    /// One object
    #[arg(long)]
    json: bool,
}

/// Does what is asked.
///
/// # Errors
/// The origin does not run or says no.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::List(args) => list(args),
        Command::Set(args) => set(args),
    }
    .map(|()| ExitCode::SUCCESS)
}

fn list(args: &ListArgs) -> Result<(), Failure> {
    let (operator, _) = Operator::of(&args.data)?;
    let users = operator.list("/v1/users", Some(&args.tenant))?;
    users.iter().for_each(|user| show(user, args.json));
    if users.is_empty() && !args.json {
        println!("Nobody has registered with {} yet", args.tenant);
    }
    Ok(())
}

fn set(args: &SetArgs) -> Result<(), Failure> {
    let mut change = json!({});
    for (field, given) in [("roles", &args.roles), ("entitlements", &args.entitlements)] {
        match given.as_slice() {
            [] => {}
            [none] if none == "none" => change[field] = json!([]),
            given => change[field] = json!(given),
        }
    }
    if let Some(suspended) = args.suspended {
        change["suspended"] = json!(suspended);
    }
    if change == json!({}) {
        return Err(Failure::Usage("user set: name a --role, an --entitlement or --suspended".to_owned()));
    }
    let (operator, _) = Operator::of(&args.data)?;
    let path = format!("/v1/users/{}", escape(&args.user));
    let user = operator.json(Method::PATCH, &path, Some(&args.tenant), &change)?;
    show(&user, args.json);
    Ok(())
}

fn show(user: &Value, json: bool) {
    if json {
        println!("{user}");
        return;
    }
    let list = |field: &str| {
        let items: Vec<&str> = user[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if items.is_empty() { "-".to_owned() } else { items.join(", ") }
    };
    let email = user["email"].as_str().unwrap_or_default();
    let suspended = if user["suspended"] == true { "  suspended" } else { "" };
    println!("{email:<32} roles: {:<24} entitlements: {}{suspended}", list("roles"), list("entitlements"));
}
