//! A token verified: what an edge does in the origin's place for every request of somebody who has logged in.

use aw_runtimes::{Error, Result, Runtime, native::Native, spin::Spin};

use super::Bench;
use crate::{
    bench::{
        edge::{gateway_launch, publish},
        figure::Figure,
        load::{Pressure, Target},
        rounds::alternate,
    },
    conform::site::{HOST, Plan, Reader, Site},
};

const PRESSURE: Pressure = Pressure { connections: 8, seconds: 3 };

/// `GET /v1/auth/session` at a native edge and at one on Spin: the token's signature, its claims, the revocations.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let site = Site::new(&Plan::short(0), 1).map_err(|e| Error(format!("the site: {e}")))?;
    let target = |name: &str, runtime: &dyn Runtime| {
        let server = runtime.launch(&gateway_launch())?;
        publish(server.addr, &site)?;
        let token = site.token(Reader::Gold);
        let headers = move || vec![format!("Host: {HOST}"), format!("Authorization: Bearer {token}")];
        Ok::<_, Error>(Target::new(name, server, "/v1/auth/session").with(headers))
    };
    let (native, spin) = (target("session on native", &Native)?, target("session on Spin", &Spin)?);
    let rounds = alternate(&bench.wrk, &bench.raw, &[&native, &spin], PRESSURE, bench.rounds)?;
    for (on, rounds_of) in [("native", &rounds[0]), ("Spin", &rounds[1])] {
        let name = |what: &str| format!("token verified at an edge on {on}: {what}");
        let rps = Figure::new(name("throughput"), rounds_of.rps(), "req/s");
        let ratio = rounds[1].rps_ratio(&rounds[0]);
        bench.figure(if on == "native" { rps } else { rps.beside("native", rounds[0].rps(), ratio) });
        bench.figure(Figure::new(name("p50"), rounds_of.p50_ms(), "ms"));
        bench.figure(Figure::new(name("p99"), rounds_of.p99_ms(), "ms"));
        bench.figure(Figure::new(name("CPU"), rounds_of.cpu_us(), "us/req"));
    }
    Ok(())
}
