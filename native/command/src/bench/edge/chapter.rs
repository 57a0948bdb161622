//! A paid chapter: tenant, token, access, a page of 20 kB out of KV.

use std::{fs, net::SocketAddr, rc::Rc};

use aw_runtimes::{
    Error, Launch, Result, Runtime, Server, cache::target_dir, cloudflare, fastly::Fastly, native::Native,
};

use super::{
    Bench, beside, javascript,
    servers::{self, body},
};
use crate::{
    bench::{
        figure::Figure,
        load::{Pressure, Target},
        rounds::alternate,
    },
    conform::site::{HOST, MASTER_KEY, Plan, Reader, Site},
};

const PRESSURE: Pressure = Pressure { connections: 16, seconds: 3 };
/// For how many milliseconds the gateway believes a record that it has read (`FRESH` in edge/core/src/values.rs).
const BELIEVED: u64 = 1_000;
/// A chapter for readers of the tier `gold`.
const CHAPTER: &str = "/books/moby-dick/4";

fn site() -> Result<Rc<Site>> {
    Site::new(&Plan::whale(), 10).map(Rc::new).map_err(|e| Error(format!("the site: {e}")))
}

/// What a reader's browser sends.
fn headers(site: &Site) -> Vec<String> {
    vec![format!("Host: {HOST}"), format!("Cookie: theme=dark; aw_access={}", site.token(Reader::Gold))]
}

/// The gateway in `runtime`, with the site.
fn ours(name: &str, runtime: &dyn Runtime, site: &Rc<Site>) -> Result<Target> {
    target(name, runtime.launch(&servers::gateway_launch())?, site)
}

/// `server` with the site, seen to sell the chapter and not to give it away.
fn target(name: &str, server: Server, site: &Rc<Site>) -> Result<Target> {
    servers::publish(server.addr, site)?;
    seen(server.addr, site)?;
    let site = site.clone();
    Ok(Target::new(name, server, CHAPTER).with(move || headers(&site)))
}

fn seen(addr: SocketAddr, site: &Site) -> Result<Vec<u8>> {
    if body(addr, CHAPTER, &[]).is_ok() {
        return Err(Error("a stranger was given a paid chapter".to_owned()));
    }
    let page = body(addr, CHAPTER, &headers(site))?;
    let expected = &site.book.manifest.chapters[3].page;
    if aw_trust::digest::sha256_hex(&page) != expected.sha256 {
        return Err(Error(format!("the page of {} bytes is not the one that was published", page.len())));
    }
    Ok(page)
}

/// Native: at least 60 % of bare hyper with the same bytes from memory.
pub(super) fn native(bench: &mut Bench) -> Result<()> {
    let site = site()?;
    let ours = ours("chapter on native", &Native, &site)?;
    let page = seen(ours.server.addr, &site)?;
    let file = target_dir().join("bench").join("chapter.html");
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(&file, &page)?;
    let config = [("page".to_owned(), file.to_string_lossy().into_owned())].into();
    let bare = Native.launch(&Launch { app: "bare".to_owned(), config, ..Launch::default() })?;
    let bare = Target::new("the same bytes on bare hyper", bare, CHAPTER).with(move || headers(&site));
    let rounds = alternate(&bench.wrk, &bench.raw, &[&ours, &bare], PRESSURE, bench.rounds)?;
    let rps = Figure::new("paid chapter on native: throughput", rounds[0].rps(), "req/s");
    bench.figure(rps.at_least_times("bare hyper", rounds[1].rps(), rounds[0].rps_ratio(&rounds[1]), 0.6));
    bench.figure(Figure::new("paid chapter on native: CPU", rounds[0].cpu_us(), "us/req"));
    Ok(())
}

/// Viceroy: at most half a millisecond of CPU.
pub(super) fn fastly(bench: &mut Bench) -> Result<()> {
    let ours = ours("chapter on Viceroy", &Fastly, &site()?)?;
    let rounds = alternate(&bench.wrk, &bench.raw, &[&ours], PRESSURE, bench.rounds)?;
    bench.figure(Figure::at_most("paid chapter on Viceroy: CPU", rounds[0].cpu_us() / 1_000.0, "ms/req", 0.5));
    Ok(())
}

/// workerd: at least what the same job does in Hono and Web Cryptography, as one writes it; beside it, without a goal, one
/// that was made to believe records for as long as ours does. KV is a server of its own, the same for all, as it is for a
/// deployed Worker.
pub(super) fn cloudflare(bench: &mut Bench) -> Result<()> {
    let (site, kv) = (site()?, beside::kv()?);
    let server = cloudflare::serve(&cloudflare::bundle("gateway")?, &servers::gateway_launch(), Some(kv))?;
    let ours = target("chapter on workerd", server, &site)?;
    let hono = |name, kept: Option<u64>| {
        let key = String::from_utf8_lossy(MASTER_KEY).into_owned();
        let launch = Launch {
            secrets: [("master-key".to_owned(), key)].into(),
            config: kept.map(|ms| ("kept".to_owned(), ms.to_string())).into_iter().collect(),
            ..Launch::default()
        };
        target(name, javascript::serve("hono/chapter", &launch, Some(kv))?, &site)
    };
    let others = [
        ("Hono", hono("chapter on Hono in workerd", None)?),
        ("Hono, records kept", hono("chapter on Hono in workerd, records kept", Some(BELIEVED))?),
    ];
    let targets = [&ours, &others[0].1, &others[1].1];
    let fields = |target: &Target| -> Result<Vec<(String, Vec<u8>)>> {
        let mut fields = servers::reply(target.server.addr, CHAPTER, &headers(&site))?.head.fields;
        fields.retain(|(name, _)| name != "x-request-id");
        fields.sort();
        Ok(fields)
    };
    let expected = fields(&ours)?;
    for (other, target) in &others {
        let theirs = fields(target)?;
        if theirs != expected {
            return Err(Error(format!("{other} answers with other header fields: {theirs:?} instead of {expected:?}")));
        }
    }
    let rounds = alternate(&bench.wrk, &bench.raw, &targets, PRESSURE, bench.rounds)?;
    let rps = || Figure::new("paid chapter on workerd: throughput", rounds[0].rps(), "req/s");
    let cpu = || Figure::new("paid chapter on workerd: CPU", rounds[0].cpu_us(), "us/req");
    let (name, theirs) = (others[0].0, &rounds[1]);
    bench.figure(rps().at_least_times(name, theirs.rps(), rounds[0].rps_ratio(theirs), 1.0));
    bench.figure(cpu().at_most_times(name, theirs.cpu_us(), rounds[0].cpu_ratio(theirs), 1.0));
    let (name, theirs) = (others[1].0, &rounds[2]);
    bench.figure(rps().beside(name, theirs.rps(), rounds[0].rps_ratio(theirs)));
    bench.figure(cpu().beside(name, theirs.cpu_us(), rounds[0].cpu_ratio(theirs)));
    Ok(())
}
