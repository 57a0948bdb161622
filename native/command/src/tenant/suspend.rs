//! `authorworks tenant suspend` and `resume`.

use http::Method;
use serde_json::json;

use super::show;
use crate::{
    data::DataArgs,
    failure::Failure,
    operator::{Operator, escape},
};

/// Have every edge answer 403 for a tenant; nothing of it is lost
#[derive(Debug, clap::Args)]
pub(super) struct SuspendArgs {
    #[command(flatten)]
    which: Which,
}

/// Open a tenant that was suspended
#[derive(Debug, clap::Args)]
pub(super) struct ResumeArgs {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// The tenant's id
    id: String,
    #[command(flatten)]
    data: DataArgs,
    /// One object
    #[arg(long)]
    json: bool,
}

/// Suspends it.
///
/// # Errors
/// The origin does not run or says no.
pub(super) fn suspend(args: &SuspendArgs) -> Result<(), Failure> {
    set(&args.which, true)
}

/// Undoes that.
///
/// # Errors
/// The origin does not run or says no.
pub(super) fn resume(args: &ResumeArgs) -> Result<(), Failure> {
    set(&args.which, false)
}

fn set(which: &Which, suspended: bool) -> Result<(), Failure> {
    let (operator, _) = Operator::of(&which.data)?;
    let path = format!("/v1/tenants/{}", escape(&which.id));
    let tenant = operator.json(Method::PATCH, &path, None, &json!({ "suspended": suspended }))?;
    show(&tenant, which.json);
    Ok(())
}
