//! Pages in a real browser, against the whole product: passkeys and codes (registered, used, asked for, given up), and the links
//! that come by mail.

use std::{
    fs,
    path::{Path, PathBuf},
};

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
/// What the browser does, a program each: it prints `ok NAME` or `FAILED NAME: why` for each check, and `end`.
const STORIES: [(&str, &str); 2] =
    [("passkeys.mjs", include_str!("passkeys.mjs")), ("links.mjs", include_str!("links.mjs"))];
/// What they share.
const SHARED: (&str, &str) = ("browser.mjs", include_str!("browser.mjs"));

/// Runs the stories.
pub(super) fn check(ctx: &Ctx) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let tools = setup::chromium().and_then(|chromium| Ok((setup::node()?, setup::playwright()?, chromium)));
    let (node, modules, chromium) = match tools {
        Ok(tools) => tools,
        Err(why) => {
            outcome.skip("pages in a browser", why.0);
            return Ok(outcome);
        }
    };
    let scripts = written()?;
    let told = product(|site, data| {
        for script in &scripts {
            let mut command = node.command("node");
            command.arg(script).arg(&modules).arg(&chromium).arg(site).arg(std::env::current_exe()?).arg(data);
            count(&mut outcome, ctx, &ctx.read(&mut command)?.1)?;
        }
        Ok(())
    });
    if let Err(why) = told {
        ctx.note(format_args!("FAILED  {why}"))?;
        outcome.count(false);
    }
    Ok(outcome)
}

/// The stories, as Node finds them with what they share beside them.
fn written() -> Result<Vec<PathBuf>> {
    let dir = cache::target_dir().join("suites").join("browser");
    fs::create_dir_all(&dir)?;
    let write = |(name, text): (&str, &str)| {
        let path = dir.join(name);
        fs::write(&path, text)?;
        Ok(path)
    };
    write(SHARED)?;
    STORIES.into_iter().map(write).collect()
}

/// Counts what a story told.
fn count(outcome: &mut Outcome, ctx: &Ctx, told: &str) -> Result<()> {
    for line in told.lines().filter(|line| line.starts_with("ok ") || line.starts_with("FAILED ")) {
        outcome.count(line.starts_with("ok "));
    }
    if !told.lines().any(|line| line == "end") {
        ctx.note("FAILED  the browser's story does not come to its end")?;
        outcome.count(false);
    }
    Ok(())
}

/// Gives `work` the address of a tenant's site, and the data folder in which other commands find what runs.
fn product(work: impl FnOnce(&str, &Path) -> Result<()>) -> std::result::Result<(), Failure> {
    let dir = cache::target_dir().join("suites").join(format!("browser-{}", std::process::id()));
    let args = up::Args {
        edges: vec![On::Native],
        origin: OriginOn::Native,
        port: Some(aw_runtimes::free_port()?),
        data: DataArgs { dir },
        mail: Default::default(),
        json: false,
    };
    let data = Data::open(&args.data)?;
    let lock = data.try_lock()?;
    let stack = Stack::start(data.clone(), Plan::new(&data, &args)?)?;
    let told = (|| {
        let running = stack.running();
        running.tell(&data)?;
        let url = running.edges[0].url.replace("127.0.0.1", HOST);
        let operator = Operator::new(&running.origin, stack.secrets())?;
        let tenant = json!({ "id": TENANT, "name": "Press", "hosts": [HOST], "baseUrl": url });
        operator.json(Method::POST, "/v1/tenants", None, &tenant)?;
        Ok(work(&url, data.dir())?)
    })();
    stack.stop();
    drop(lock);
    let _ = fs::remove_dir_all(data.dir());
    told
}
