//! The smallest app: what the platform crates cost beside the bare SDKs.

use aw_runtimes::{Result, cloudflare::Cloudflare, fastly::Fastly, native::Native, spin::Spin};

use super::{Bench, javascript, servers::alone};
use crate::bench::{
    figure::Figure,
    load::{Pressure, Target},
    rounds::{Rounds, alternate},
};

const PRESSURE: Pressure = Pressure { connections: 16, seconds: 3 };

/// At most 3 % fewer requests per second, and at most 5 µs more CPU for one.
fn compare(bench: &mut Bench, on: &str, ours: &Rounds, other: &str, bare: &Rounds) {
    let rps = Figure::new(format!("hello on {on}: throughput"), ours.rps(), "req/s");
    bench.figure(rps.at_least_times(other, bare.rps(), ours.rps_ratio(bare), 0.97));
    let cpu = Figure::new(format!("hello on {on}: CPU"), ours.cpu_us(), "us/req");
    bench.figure(cpu.at_most_above(other, bare.cpu_us(), 5.0));
}

/// hyper and tokio.
pub(super) fn native(bench: &mut Bench) -> Result<()> {
    let ours = Target::new("hello on native", alone(&Native, "hello")?, "/");
    let bare = Target::new("hello on bare hyper", alone(&Native, "bare")?, "/");
    let rounds = alternate(&bench.wrk, &bench.raw, &[&ours, &bare], PRESSURE, bench.rounds)?;
    compare(bench, "native", &rounds[0], "bare hyper", &rounds[1]);
    Ok(())
}

/// Viceroy, against the SDK with a new instance for each request, as its documentation writes a program, and with
/// instances that are kept, as ours are.
pub(super) fn fastly(bench: &mut Bench) -> Result<()> {
    let ours = Target::new("hello on Viceroy", alone(&Fastly, "hello")?, "/");
    let kept = Target::new("hello on the bare SDK in Viceroy, instances kept", alone(&Fastly, "bare-kept")?, "/");
    let bare = Target::new("hello on the bare SDK in Viceroy", alone(&Fastly, "bare")?, "/");
    let rounds = alternate(&bench.wrk, &bench.raw, &[&ours, &kept, &bare], PRESSURE, bench.rounds)?;
    compare(bench, "Viceroy", &rounds[0], "the SDK, instances kept", &rounds[1]);
    compare(bench, "Viceroy", &rounds[0], "the SDK", &rounds[2]);
    Ok(())
}

/// Spin, or its test host.
pub(super) fn spin(bench: &mut Bench) -> Result<()> {
    let ours = Target::new("hello on Spin", alone(&Spin, "hello")?, "/");
    let bare = Target::new("hello on the bare SDK in Spin", alone(&Spin, "bare")?, "/");
    let rounds = alternate(&bench.wrk, &bench.raw, &[&ours, &bare], PRESSURE, bench.rounds)?;
    compare(bench, "Spin", &rounds[0], "the SDK", &rounds[1]);
    Ok(())
}

/// workerd: no more CPU than Hono. Plain JavaScript is beside it as the floor.
pub(super) fn cloudflare(bench: &mut Bench) -> Result<()> {
    let ours = Target::new("hello on workerd", alone(&Cloudflare, "hello")?, "/");
    let hono =
        Target::new("hello on Hono in workerd", javascript::serve("hono/hello", &Default::default(), None)?, "/");
    let plain =
        Target::new("hello in plain JavaScript", javascript::serve("plain-js/hello", &Default::default(), None)?, "/");
    let rounds = alternate(&bench.wrk, &bench.raw, &[&ours, &hono, &plain], PRESSURE, bench.rounds)?;
    let cpu = |name: &str, rounds: &Rounds| Figure::new(name, rounds.cpu_us(), "us/req");
    bench.figure(cpu("hello on workerd: CPU", &rounds[0]).at_most_times("Hono", rounds[1].cpu_us(), 1.0));
    bench.figure(cpu("hello in plain JavaScript: CPU", &rounds[2]));
    Ok(())
}
