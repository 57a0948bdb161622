//! Both origins pressed with the same kind of request, in turns.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use aw_runtimes::{Result, cache::target_dir};

use super::{
    Bench,
    ground::Ground,
    statements::{self, Counted},
};
use crate::bench::{
    cpu,
    figure::Figure,
    load::{Measured, Pressure, Target, press},
    rounds::median,
};

/// For how long a measurement presses, in seconds.
const SECONDS: u32 = 3;

/// A kind of request.
pub(super) struct Kind<'a> {
    /// What it does.
    pub(super) name: &'static str,
    /// How many are made for the first second, before it is known how many are answered.
    pub(super) first: u32,
    /// Connections at once.
    pub(super) connections: u32,
    /// The most statements that one may take on native.
    pub(super) statements: f64,
    /// Makes so many, each to be sent once, now.
    pub(super) make: Box<dyn FnMut(usize) -> Result<Vec<Vec<u8>>> + 'a>,
}

/// What one measurement came to.
struct Taken {
    measured: Measured,
    counted: Counted,
    /// PostgreSQL's CPU, in microseconds.
    cpu_us: f64,
}

/// An origin that is pressed.
struct Pressed<'a> {
    on: &'static str,
    target: &'a mut Target,
    taken: Vec<Taken>,
    /// How many requests a second to be ready for.
    rate: f64,
}

/// Measures a kind of request on native and on Spin, in this order in `targets`, and tells the figures.
///
/// # Errors
/// wrk cannot be run, a request is not answered well, or PostgreSQL cannot be asked.
pub(super) fn measure(bench: &mut Bench, ground: &Ground, targets: &mut [Target; 2], mut kind: Kind<'_>) -> Result<()> {
    let [native, spin] = targets;
    let pressed = |on, target| Pressed { on, target, taken: Vec::new(), rate: f64::from(kind.first) };
    let mut both = [pressed("native", native), pressed("Spin", spin)];
    for one in &mut both {
        one.target.name = format!("{} on {}", kind.name, one.on);
        eprintln!("   {}", one.target.name);
        // What it does not do is to count.
        let warm = take(bench, ground, one, &mut kind, 1)?;
        one.rate = warm.measured.rps * 1.5 + 100.0;
    }
    for round in 0..bench.rounds {
        for n in [round % 2, 1 - round % 2] {
            let one = &mut both[n as usize];
            let taken = take(bench, ground, one, &mut kind, SECONDS)?;
            let (counted, requests) = (taken.counted, taken.measured.requests);
            let raw = format!(
                "{}\nPostgreSQL: {:.2} statements, {:.2} of a pool's, {:.3} ms, {:.0} us CPU, each per request\n{}",
                taken.measured.raw,
                counted.services / requests,
                counted.pools / requests,
                counted.ms / requests,
                taken.cpu_us / requests,
                statements::told(&ground.cluster)?
            );
            bench.raw.note(&format!("{}, round {}", one.target.name, round + 1), &raw)?;
            one.taken.push(taken);
        }
    }
    tell(bench, &kind, &both);
    Ok(())
}

fn take(bench: &Bench, ground: &Ground, one: &mut Pressed<'_>, kind: &mut Kind<'_>, seconds: u32) -> Result<Taken> {
    let requests = (kind.make)((one.rate * f64::from(seconds)) as usize)?;
    one.target.script = Some(script(&requests)?);
    let before = cpu::seconds(ground.cluster.pid());
    statements::reset(&ground.cluster)?;
    let measured = press(&bench.wrk, one.target, Pressure { connections: kind.connections, seconds })?;
    let counted = statements::counted(&ground.cluster)?;
    let cpu_us = (cpu::seconds(ground.cluster.pid()) - before) * 1e6;
    Ok(Taken { measured, counted, cpu_us })
}

/// wrk's script: the requests as they are, one after the other. Were there not enough of them, the answer to what is
/// sent then would fail the measurement.
fn script(requests: &[Vec<u8>]) -> Result<PathBuf> {
    let folder = target_dir().join("bench");
    let (bytes, file) = (folder.join("origin-requests"), folder.join("origin-requests.lua"));
    let mut all = Vec::with_capacity(requests.iter().map(|request| request.len() + 8).sum());
    for request in requests {
        all.extend_from_slice(format!("{:08}", request.len()).as_bytes());
        all.extend_from_slice(request);
    }
    fs::write(&bytes, all)?;
    fs::write(&file, lua(&bytes))?;
    Ok(file)
}

fn lua(bytes: &Path) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "local file = assert(io.open([[{}]], \"rb\"))", bytes.display());
    text.push_str(
        "local all, at = file:read(\"*a\"), 1\nfile:close()\nrequest = function()\n  \
         if at > #all then return wrk.format(\"GET\", \"/v1/there-are-no-more\") end\n  \
         local from = at + 8\n  at = from + tonumber(all:sub(at, at + 7))\n  return all:sub(from, at - 1)\nend\n",
    );
    text
}

fn tell(bench: &mut Bench, kind: &Kind<'_>, both: &[Pressed<'_>; 2]) {
    let [native, spin] = both;
    for one in both {
        let name = |what: &str| format!("{} on {}: {what}", kind.name, one.on);
        let figures = [
            Figure::new(name("p50"), one.median(|t| t.measured.p50_ms), "ms"),
            Figure::new(name("p99"), one.median(|t| t.measured.p99_ms), "ms"),
            Figure::new(name("CPU"), one.median(|t| t.measured.cpu_us), "us/req"),
            Figure::new(name("PostgreSQL: statements run in"), one.each(|t| t.counted.ms), "ms/req"),
            Figure::new(name("PostgreSQL: CPU"), one.each(|t| t.cpu_us), "us/req"),
        ];
        let rps = Figure::new(name("throughput"), one.rps(), "req/s");
        bench.figure(if one.on == native.on { rps } else { rps.beside("native", native.rps(), spin.ratio(native)) });
        figures.into_iter().for_each(|figure| bench.figure(figure));
    }
    let statements = native.each(|t| t.counted.services);
    let name = format!("{}: statements", kind.name);
    bench.figure(Figure::at_most(name, (statements * 10.0).round() / 10.0, "/req", kind.statements));
    let pools = spin.each(|t| t.counted.services + t.counted.pools);
    bench.figure(Figure::new(format!("{} on Spin: statements, its pool's too", kind.name), pools, "/req"));
}

impl Pressed<'_> {
    fn median(&self, of: impl Fn(&Taken) -> f64) -> f64 {
        median(self.taken.iter().map(of))
    }

    /// Per request.
    fn each(&self, of: impl Fn(&Taken) -> f64) -> f64 {
        self.median(|taken| of(taken) / taken.measured.requests)
    }

    fn rps(&self) -> f64 {
        self.median(|taken| taken.measured.rps)
    }

    /// The median of the rounds' ratios.
    fn ratio(&self, other: &Self) -> f64 {
        median(self.taken.iter().zip(&other.taken).map(|(a, b)| a.measured.rps / b.measured.rps))
    }
}
