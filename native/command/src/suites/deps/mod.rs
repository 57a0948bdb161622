//! What the packages may depend on, and what they may do.

mod independent;
mod licences;
mod unsafety;
mod unused;

use aw_runtimes::Result;

use super::{Ctx, Outcome, packages::Workspace, style::APART};

/// Licences, unused dependencies, the independence of `shared/`, and where `unsafe` may be. Each rule is one check
/// for each workspace or package that it looks at.
pub(super) fn check(ctx: &Ctx) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let workspace = Workspace::read(ctx, &ctx.checkout.join("Cargo.toml"))?;
    let allowed = licences::Allowed::read(&ctx.checkout.join("deny.toml"))?;
    let mut workspaces = vec![workspace];
    for manifest in APART.iter().map(|path| ctx.checkout.join(path)).filter(|path| path.is_file()) {
        workspaces.push(Workspace::read(ctx, &manifest)?);
    }
    for workspace in &workspaces {
        note(ctx, &mut outcome, licences::check(workspace, &allowed))?;
        for package in workspace.members() {
            note(ctx, &mut outcome, unused::check(package, &workspace.libraries())?)?;
            note(ctx, &mut outcome, unsafety::check(package)?)?;
        }
    }
    for package in workspaces[0].members().filter(|package| package.below(ctx, "shared")) {
        note(ctx, &mut outcome, independent::check(ctx, package)?)?;
    }
    Ok(outcome)
}

/// Counts a check that found `problems` and writes them down.
fn note(ctx: &Ctx, outcome: &mut Outcome, problems: Vec<String>) -> Result<()> {
    outcome.count(problems.is_empty());
    problems.iter().try_for_each(|problem| ctx.note(problem))
}
