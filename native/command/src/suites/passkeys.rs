//! Passkeys and codes in a real browser, against the whole product: registered, used, asked for, given up.

use std::process::Command;

use aw_runtimes::{Result, cache, setup};
use http::Method;
use serde_json::json;

use super::{Ctx, Outcome};
use crate::{
    data::{Data, DataArgs},
    failure::Failure,
    operator::Operator,
    up::{self, On, OriginOn, Plan, Stack},
};

/// The tenant's id, and where a browser finds it: every name under `localhost` is this machine.
const TENANT: &str = "press";
const HOST: &str = "press.localhost";
/// What the browser does; it prints `ok NAME` or `FAILED NAME: why` for each check.
const SCRIPT: &str = include_str!("passkeys.mjs");

/// Runs the story.
pub(super) fn check(ctx: &Ctx) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let browser = match browser() {
        Ok(command) => command,
        Err(why) => {
            outcome.skip("passkeys in a browser", why.0);
            return Ok(outcome);
        }
    };
    match story(ctx, browser) {
        Ok(told) => {
            for line in told.lines().filter(|line| line.starts_with("ok ") || line.starts_with("FAILED ")) {
                outcome.count(line.starts_with("ok "));
            }
            if !told.lines().any(|line| line == "end") {
                ctx.note("FAILED  the browser's story does not come to its end")?;
                outcome.count(false);
            }
        }
        Err(why) => {
            ctx.note(format_args!("FAILED  {why}"))?;
            outcome.count(false);
        }
    }
    Ok(outcome)
}

/// Node with the script, the browser and the library that drives it.
fn browser() -> Result<Command> {
    let (chromium, modules) = (setup::chromium()?, setup::playwright()?);
    let script = cache::target_dir().join("suites").join("passkeys.mjs");
    std::fs::write(&script, SCRIPT)?;
    let mut command = setup::node()?.command("node");
    command.arg(script).arg(modules).arg(chromium);
    Ok(command)
}

fn story(ctx: &Ctx, mut browser: Command) -> std::result::Result<String, Failure> {
    let dir = cache::target_dir().join("suites").join(format!("passkeys-{}", std::process::id()));
    let args = up::Args {
        edges: vec![On::Native],
        origin: OriginOn::Native,
        port: Some(aw_runtimes::free_port()?),
        data: DataArgs { dir },
        json: false,
    };
    let data = Data::open(&args.data)?;
    let stack = Stack::start(data.clone(), Plan::new(&data, &args)?)?;
    let mut told = || -> std::result::Result<String, Failure> {
        let url = stack.running().edges[0].url.replace("127.0.0.1", HOST);
        let operator = Operator::new(&stack.running().origin, stack.secrets())?;
        let tenant = json!({ "id": TENANT, "name": "Press", "hosts": [HOST], "baseUrl": url });
        operator.json(Method::POST, "/v1/tenants", None, &tenant)?;
        Ok(ctx.read(browser.arg(url))?.1)
    };
    let told = told();
    stack.stop();
    let _ = std::fs::remove_dir_all(data.dir());
    told
}
