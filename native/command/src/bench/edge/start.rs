//! What it costs to begin.

use std::{thread::sleep, time::Duration};

use aw_runtimes::{Result, Runtime, Server, cloudflare, fastly::Fastly, spin::Spin};

use super::{
    Bench, javascript,
    servers::{alone, body, gateway_launch},
};
use crate::bench::{
    cpu,
    figure::Figure,
    load::{Pressure, Target},
    rounds::{alternate, median},
};

/// Longer than an instance waits for another request before it ends.
const IDLE: Duration = Duration::from_millis(1_250);
/// How many new instances are measured.
const INSTANCES: u32 = 15;
/// How many times each worker is started.
const STARTS: u32 = 9;

/// A new instance in Viceroy at most 0.3 ms of CPU, a new one in Spin at most 1 ms, a worker ready at most 20 ms of CPU
/// after the runtime is.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let gateway = Fastly.launch(&gateway_launch())?;
    let fresh = instances(bench, "gateway on Viceroy", &gateway)?;
    bench.figure(Figure::at_most("gateway on Viceroy: a new instance and its request", fresh, "ms CPU", 0.3));
    drop(gateway);
    let bare = instances(bench, "the bare SDK in Viceroy", &alone(&Fastly, "bare")?)?;
    bench.figure(Figure::new("the bare SDK in Viceroy: a new instance and its request", bare, "ms CPU"));

    // Spin makes an instance for each request.
    let spin = Target::new("gateway on Spin, a new instance each", Spin.launch(&gateway_launch())?, "/health");
    let pressure = Pressure { connections: 4, seconds: 3 };
    let rounds = alternate(&bench.wrk, &bench.raw, &[&spin], pressure, 3)?;
    let each = rounds[0].cpu_us() / 1_000.0;
    bench.figure(Figure::at_most("gateway on Spin: a new instance and its request", each, "ms CPU", 1.0));
    worker(bench)
}

/// The CPU of a request that has to wait for a new instance, in milliseconds: the median of some.
fn instances(bench: &Bench, name: &str, server: &Server) -> Result<f64> {
    body(server.addr, "/health", &[])?;
    let mut spent = Vec::new();
    for _ in 0..INSTANCES {
        sleep(IDLE);
        let before = cpu::micros(server.pid());
        body(server.addr, "/health", &[])?;
        spent.push((cpu::micros(server.pid()) - before) / 1_000.0);
    }
    bench.raw.note(&format!("{name}: CPU of new instances, ms"), &format!("{spent:.3?}"))?;
    Ok(median(spent.into_iter()))
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
    let figure = Figure::new("gateway on workerd: from start to first answer", median(ours.into_iter()), "ms CPU");
    bench.figure(figure.at_most_above("plain JavaScript", median(plain.into_iter()), 20.0));
    Ok(())
}
