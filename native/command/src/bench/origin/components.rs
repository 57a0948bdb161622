//! The components by themselves: what they weigh, how fast an instance is there, how much memory it has had.

use std::{collections::BTreeMap, fs, path::Path};

use aw_runtimes::{Error, Result, Runtime, Server, spin::Spin};
use serde::Deserialize;

use super::{Bench, ground::Ground};
use crate::{
    bench::{figure::Figure, size::sizes},
    conform::wire::{self, Connection},
};

/// What each component is held against: the size in MB that the predecessor's documents claim for its module of that
/// service, which nobody measured. The predecessor's content service was one module; ours is several.
const CLAIMED: [(&str, f64); 6] = [
    ("user", 18.0),
    ("content", 22.0),
    ("imports", 22.0),
    ("tenants", 22.0),
    ("storage", 16.0),
    ("subscription", 12.0),
];
/// The part of the claim that is to be reached.
const TENTH: f64 = 0.1;
/// The most that a component may be after gzip, in kB.
const PACKED: f64 = 900.0;
/// How many instances of each component are started, one after the other.
const STARTS: usize = 200;

/// What is asked of each component, unsigned: it is instantiated, built and says no.
const ASKED: [(&str, &str); 7] = [
    ("user", "/v1/users"),
    ("content", "/v1/books"),
    ("imports", "/v1/imports"),
    ("tenants", "/v1/tenants"),
    ("storage", "/v1/files"),
    ("jobs", "/v1/jobs"),
    ("subscription", "/v1/plans"),
];

/// The files: the raw size at most a tenth of what was claimed, which was a raw size, too; after gzip at most 900 kB.
pub(super) fn weigh(bench: &mut Bench) -> Result<()> {
    for file in Spin.build("origin")? {
        let name = file.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let (raw, packed) = sizes(&[&file])?;
        let figure = Figure::new(format!("{name}: size"), raw, "kB");
        let claimed = CLAIMED.iter().find(|(of, _)| *of == name).map(|(_, mb)| mb * 1_000.0);
        bench.figure(match claimed {
            Some(claimed) => figure.at_most_times("the predecessor's claim", claimed, raw / claimed, TENTH),
            None => figure,
        });
        bench.figure(Figure::at_most(format!("{name}: size, gzip"), packed, "kB", PACKED));
    }
    Ok(())
}

/// What the test host says of a component when it stops.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instances {
    component: String,
    count: u64,
    /// To read it and its compiled code.
    load_ms: f64,
    /// From the request to the instance, the median.
    start_ms: f64,
    /// The most that one has had.
    memory_bytes: f64,
}

/// New instances, one after the other: each at most 5 ms; with what it takes to load its compiled code, at most the
/// 100 ms that the predecessor claims for a cold start.
pub(super) fn start(bench: &mut Bench) -> Result<()> {
    let ground = Ground::new()?;
    // The first has the code compiled, where nobody had.
    ground.spin()?.stop();
    let server = ground.spin()?;
    for (name, target) in ASKED {
        instances(&server, target).map_err(|e| Error(format!("{name}: {e}")))?;
    }
    server.stop();
    for (name, told) in told(&ground.log("spin"))? {
        bench.raw.note(&format!("{name}: instances started alone"), &format!("{}", told.count))?;
        bench.figure(Figure::at_most(format!("{name}: a new instance"), told.start_ms, "ms", 5.0));
        let ms = told.load_ms + told.start_ms;
        let cold = Figure::new(format!("{name}: its code loaded, and an instance"), ms, "ms");
        bench.figure(cold.at_most_times("the predecessor's claim", 100.0, ms / 100.0, 1.0));
    }
    Ok(())
}

fn instances(server: &Server, target: &str) -> Result<()> {
    let mut connection = Connection::open(server.addr)?;
    for _ in 0..STARTS {
        connection.send(&wire::request("GET", target, &[], b""))?;
        let reply = connection.reply("GET")?;
        if reply.status() != 401 {
            return Err(Error(format!("an unsigned request is answered {} {}", reply.status(), reply.text())));
        }
    }
    Ok(())
}

/// The most linear memory that an instance had under the load that was told in this log.
///
/// # Errors
/// The log says nothing of instances.
pub(super) fn memory(bench: &mut Bench, log: &Path) -> Result<()> {
    for (name, told) in told(log)? {
        bench.raw.note(&format!("{name}: instances under load"), &format!("{}", told.count))?;
        bench.figure(Figure::new(format!("{name}: peak memory of an instance"), told.memory_bytes / 1e6, "MB"));
    }
    Ok(())
}

/// What the last host that wrote to this log has said of its components.
fn told(log: &Path) -> Result<BTreeMap<String, Instances>> {
    let text = fs::read_to_string(log).map_err(|e| Error(format!("{}: {e}", log.display())))?;
    let lines = text.lines().filter(|line| line.contains("\"event\":\"instances\""));
    let told: BTreeMap<_, _> = lines
        .filter_map(|line| serde_json::from_str::<Instances>(line).ok())
        .map(|instances| (instances.component.clone(), instances))
        .collect();
    if told.is_empty() {
        let why = "only the test host says what instances cost, and Spin itself ran here";
        return Err(Error(format!("{}: {why}", log.display())));
    }
    Ok(told)
}
