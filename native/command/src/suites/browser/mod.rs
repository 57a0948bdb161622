//! Pages in a real browser, against the whole product: passkeys and codes (registered, used, asked for, given up), the links
//! that come by mail, and a sale.

use std::{
    fs,
    path::{Path, PathBuf},
};

use aw_runtimes::{Result, cache, setup};
use http::Method;
use serde_json::{Value, json};

use super::{Ctx, Outcome, installation::Installation};
use crate::{
    failure::Failure,
    import::{self, Source},
    operator::Operator,
    up::{On, OriginOn},
};

/// The tenant's id, and where a browser finds it: every name under `localhost` is this machine.
const TENANT: &str = "press";
const HOST: &str = "press.localhost";
/// What the browser does, a program each: it prints `ok NAME` or `FAILED NAME: why` for each check, and `end`.
const STORIES: [(&str, &str); 3] = [
    ("passkeys.mjs", include_str!("passkeys.mjs")),
    ("links.mjs", include_str!("links.mjs")),
    ("sale.mjs", include_str!("sale.mjs")),
];
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

/// Gives `work` the address of a press's site that sells a book's chapters from the second on, and the data folder in
/// which other commands find what runs.
fn product(work: impl FnOnce(&str, &Path) -> Result<()>) -> std::result::Result<(), Failure> {
    let (site, ()) = Installation::start("browser", &[On::Native], OriginOn::Native, |_| Ok(()))?;
    let told = site.found().and_then(|data| {
        let url = site.stack.running().edges[0].url.replace("127.0.0.1", HOST);
        press(&site.operator, &url)?;
        Ok(work(&url, &data)?)
    });
    site.close();
    told
}

fn press(operator: &Operator, url: &str) -> std::result::Result<(), Failure> {
    let tenant = json!({ "id": TENANT, "name": "Press", "hosts": [HOST], "baseUrl": url });
    operator.json(Method::POST, "/v1/tenants", None, &tenant)?;
    operator.json(Method::PUT, "/v1/tiers/gold", Some(TENANT), &json!({ "name": "Gold" }))?;
    let plan = json!({ "name": "Gold", "grants": "tier:gold", "interval": "month", "amount": 500, "currency": "EUR" });
    operator.json(Method::POST, "/v1/plans", Some(TENANT), &plan)?;
    let file = cache::checkout().join("tests/books/pride-and-prejudice.epub");
    let book = import::import(operator, TENANT, Source::read(&file)?, None)?;
    let book = format!("/v1/books/{}", book["id"].as_str().unwrap_or_default());
    let range = json!({ "access": "tier:gold", "from": 2 });
    operator.json(Method::PATCH, &format!("{book}/chapters"), Some(TENANT), &range)?;
    operator.json(Method::POST, &format!("{book}/publish"), Some(TENANT), &Value::Null).map(drop)
}
