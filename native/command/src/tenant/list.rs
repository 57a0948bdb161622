//! `authorworks tenant list`.

use super::show;
use crate::{data::DataArgs, failure::Failure, operator::Operator};

/// List the tenants
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// One object per tenant
    #[arg(long)]
    json: bool,
}

/// Lists them.
///
/// # Errors
/// The origin does not run or says no.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let (operator, _) = Operator::of(&args.data)?;
    let tenants = operator.list("/v1/tenants", None)?;
    tenants.iter().for_each(|tenant| show(tenant, args.json));
    if tenants.is_empty() && !args.json {
        println!("There is none yet: cargo aw tenant create ID --name NAME{}", args.data.shown());
    }
    Ok(())
}
