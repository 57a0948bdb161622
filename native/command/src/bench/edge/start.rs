//! What it costs to begin.

use aw_model::names;
use aw_runtimes::{Error, Launch, Result, Runtime, Server, cloudflare, fastly::Fastly, spin::Spin};

use super::{
    Bench, beside, javascript,
    servers::{body, gateway_launch, publish},
};
use crate::{
    bench::{
        cpu,
        figure::Figure,
        load::{Pressure, Target, press},
        rounds::{alternate, median},
    },
    conform::site::{HOST, Plan, Site},
};

/// Viceroy keeps so many instances that wait for another request; what is above them ends with its request.
const KEPT: u32 = 5;
/// Requests at once, most of which need a new instance each time.
const CROWD: u32 = 64;
/// How many times each worker is started.
const STARTS: u32 = 25;

/// A new instance in Viceroy at most 0.3 ms of CPU, a new one in Spin at most 1 ms, a worker ready at most 20 ms of CPU
/// after the runtime is.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    viceroy(bench)?;
    // Spin makes an instance for each request.
    let spin = Target::new("gateway on Spin, a new instance each", Spin.launch(&gateway_launch())?, "/health");
    let pressure = Pressure { connections: 4, seconds: 3 };
    let rounds = alternate(&bench.wrk, &bench.raw, &[&spin], pressure, 3)?;
    let each = rounds[0].cpu_us() / 1_000.0;
    bench.figure(Figure::at_most("gateway on Spin: a new instance and its request", each, "ms CPU", 1.0));
    worker(bench)
}

/// What a new instance of the gateway costs in Viceroy: the CPU of a forwarded request in a crowd, most of which get a
/// new instance, less that of the same request where all get one that waited. The origin takes its time, so that
/// about as many requests per second are made in both.
fn viceroy(bench: &mut Bench) -> Result<()> {
    let site = Site::new(&Plan::short(0), 1).map_err(|e| Error(format!("the site: {e}")))?;
    let origin = format!("http://{}", beside::slow_origin()?);
    let backends = [(names::ORIGIN.to_owned(), origin)].into();
    let server = Fastly.launch(&Launch { backends, ..gateway_launch() })?;
    publish(server.addr, &site)?;
    let host = || vec![format!("Host: {HOST}")];
    let mut target = Target::new("", server, "").with(host);
    let mut cpu = |name: &str, path: &str, connections| -> Result<f64> {
        (target.name, target.path) = (format!("gateway on Viceroy, {name}"), path.to_owned());
        // In one piece: of a short turn, what is under way at its end would be a tenth, paid for and not counted.
        let measured = press(&bench.wrk, &target, Pressure { connections, seconds: 4 })?;
        bench.raw.note(&target.name, &measured.raw)?;
        Ok(measured.cpu_us)
    };
    let new = f64::from(CROWD - KEPT) / f64::from(CROWD);
    let (mut each, mut forwarded) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let kept = cpu("instances kept", "/v1/wait?ms=8", KEPT)?;
        let crowd = cpu("a new instance each", "/v1/wait?ms=100", CROWD)?;
        each.push((crowd - kept) / new / 1_000.0);
        forwarded.push(kept / 1_000.0);
    }
    bench.figure(Figure::at_most("gateway on Viceroy: a new instance", median(each.into_iter()), "ms CPU", 0.3));
    let forwarded = median(forwarded.into_iter());
    bench.figure(Figure::new("gateway on Viceroy: a forwarded request", forwarded, "ms CPU"));
    Ok(())
}

/// The CPU of workerd from its start to the first answer, with our gateway and with the smallest worker.
fn worker(bench: &mut Bench) -> Result<()> {
    let bundle = cloudflare::bundle("gateway")?;
    let first = |server: Server| -> Result<f64> {
        body(server.addr, "/health", &[])?;
        Ok(cpu::micros(server.pid()) / 1_000.0)
    };
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        ours.push(first(cloudflare::serve(&bundle, &gateway_launch(), None)?)?);
        plain.push(first(javascript::serve("plain-js/hello", &Default::default(), None)?)?);
    }
    bench.raw.note("workerd to the first answer, ms CPU: ours", &format!("{ours:.1?}"))?;
    bench.raw.note("workerd to the first answer, ms CPU: plain JavaScript", &format!("{plain:.1?}"))?;
    let above = median(ours.iter().zip(&plain).map(|(ours, plain)| ours - plain));
    let figure = Figure::new("gateway on workerd: from start to first answer", median(ours.into_iter()), "ms CPU");
    bench.figure(figure.at_most_above("plain JavaScript", median(plain.into_iter()), above, 20.0));
    Ok(())
}
