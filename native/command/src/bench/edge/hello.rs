//! The smallest app: what the platform crates cost beside the bare SDKs.

use aw_runtimes::{Launch, Result, cloudflare::Cloudflare, fastly::Fastly, native::Native, spin::Spin};

use super::{Bench, javascript, servers::alone};
use crate::bench::{
    figure::Figure,
    load::{Pressure, Target},
    rounds::{Rounds, alternate, median},
};

const PRESSURE: Pressure = Pressure { connections: 16, seconds: 3 };

/// At most 3 % fewer requests per second, and at most 5 µs more CPU for one.
fn compare(bench: &mut Bench, on: &str, ours: &Rounds, other: &str, bare: &Rounds) {
    let rps = Figure::new(format!("hello on {on}: throughput"), ours.rps(), "req/s");
    bench.figure(rps.at_least_times(other, bare.rps(), ours.rps_ratio(bare), 0.97));
    let cpu = Figure::new(format!("hello on {on}: CPU"), ours.cpu_us(), "us/req");
    bench.figure(cpu.at_most_above(other, bare.cpu_us(), ours.cpu_above(bare), 5.0));
}

/// hyper and tokio. Each server is there several times: two processes of one program differ by more than 3 %, as their
/// memory happens to lie.
pub(super) fn native(bench: &mut Bench) -> Result<()> {
    const PROCESSES: usize = 4;
    let mut targets = Vec::new();
    for _ in 0..PROCESSES {
        targets.push(Target::new("hello on native", alone(&Native, "hello")?, "/"));
        targets.push(Target::new("hello on bare hyper", alone(&Native, "bare")?, "/"));
    }
    let targets: Vec<&Target> = targets.iter().collect();
    let pressure = Pressure { seconds: 2, ..PRESSURE };
    let (mut ours, mut bare) = (Rounds::default(), Rounds::default());
    for (n, rounds) in alternate(&bench.wrk, &bench.raw, &targets, pressure, bench.rounds)?.into_iter().enumerate() {
        if n % 2 == 0 { &mut ours } else { &mut bare }.add(rounds);
    }
    compare(bench, "native", &ours, "bare hyper", &bare);
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

/// workerd: no more CPU than Hono, as far as two processes of the same program can be told apart: each is there twice.
/// Plain JavaScript is beside them as the floor.
pub(super) fn cloudflare(bench: &mut Bench) -> Result<()> {
    let js = |name: &str, file: &str| -> Result<Target> {
        Ok(Target::new(name, javascript::serve(file, &Launch::default(), None)?, "/"))
    };
    let ours = |name: &str| -> Result<Target> { Ok(Target::new(name, alone(&Cloudflare, "hello")?, "/")) };
    let targets = [
        ours("hello on workerd")?,
        ours("hello on workerd, once more")?,
        js("hello on Hono in workerd", "hono/hello")?,
        js("hello on Hono in workerd, once more", "hono/hello")?,
        js("hello in plain JavaScript", "plain-js/hello")?,
    ];
    let targets: Vec<&Target> = targets.iter().collect();
    let rounds = alternate(&bench.wrk, &bench.raw, &targets, PRESSURE, bench.rounds)?;
    let [ours, again, hono, hono_again, plain] = &rounds[..] else { unreachable!("one for each target") };
    let apart = |a: &Rounds, b: &Rounds| a.cpu_ratio(b).max(b.cpu_ratio(a));
    let noise = apart(ours, again).max(apart(hono, hono_again));
    let ratio = median([ours, again].iter().flat_map(|a| [hono, hono_again].map(|b| a.cpu_ratio(b))));
    let mean = |a: &Rounds, b: &Rounds| f64::midpoint(a.cpu_us(), b.cpu_us());
    let cpu = |name: &str, us: f64| Figure::new(name, us, "us/req");
    bench.figure(cpu("hello on workerd: CPU", mean(ours, again)).at_most_times(
        "Hono",
        mean(hono, hono_again),
        ratio,
        (noise * 1_000.0).round() / 1_000.0,
    ));
    bench.figure(cpu("hello in plain JavaScript: CPU", plain.cpu_us()));
    Ok(())
}
