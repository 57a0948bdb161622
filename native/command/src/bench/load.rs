//! Load from wrk, and what the server needed for it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use aw_runtimes::{Error, Result, Server};

use super::cpu;

/// A server under load.
pub(super) struct Target {
    /// What it is called in the raw output and in figures.
    pub(super) name: String,
    /// The server.
    pub(super) server: Server,
    /// What is asked for.
    pub(super) path: String,
    /// Header fields, made anew for each round: tokens expire.
    pub(super) headers: Box<dyn Fn() -> Vec<String>>,
    /// A script of wrk's that chooses what is asked for.
    pub(super) script: Option<PathBuf>,
}

impl Target {
    /// `server`, asked for `path`.
    pub(super) fn new(name: impl Into<String>, server: Server, path: impl Into<String>) -> Self {
        Self { name: name.into(), server, path: path.into(), headers: Box::new(Vec::new), script: None }
    }

    /// With the header fields that `headers` makes.
    pub(super) fn with(mut self, headers: impl Fn() -> Vec<String> + 'static) -> Self {
        self.headers = Box::new(headers);
        self
    }
}

/// What one run of wrk came to.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// Requests per second.
    pub(super) rps: f64,
    /// The time within which half of the requests were answered, in milliseconds.
    pub(super) p50_ms: f64,
    /// The time within which 99 of 100 requests were answered, in milliseconds.
    pub(super) p99_ms: f64,
    /// The server's CPU per request, in microseconds.
    pub(super) cpu_us: f64,
    /// How many requests were answered.
    pub(super) requests: f64,
    /// wrk's own words.
    pub(super) raw: String,
}

/// How hard it is pressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pressure {
    /// Connections at once.
    pub(super) connections: u32,
    /// For so long.
    pub(super) seconds: u32,
}

/// Presses `target` with the wrk at `wrk`.
///
/// # Errors
/// wrk cannot be run, or an answer was an error: then it was not the work that was measured.
pub(super) fn press(wrk: &Path, target: &Target, pressure: Pressure) -> Result<Measured> {
    let mut command = Command::new(wrk);
    command.args(["--threads", "1", "--latency"]);
    command.args(["--connections", &pressure.connections.to_string()]);
    command.args(["--duration", &format!("{}s", pressure.seconds)]);
    for header in (target.headers)() {
        command.args(["--header", &header]);
    }
    if let Some(script) = &target.script {
        command.arg("--script").arg(script);
    }
    command.arg(format!("http://{}{}", target.server.addr, target.path)).stdin(Stdio::null());
    let before = cpu::seconds(target.server.pid());
    let output = command.output().map_err(|e| Error(format!("{}: {e}", wrk.display())))?;
    let spent = cpu::seconds(target.server.pid()) - before;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    parse(&text, spent).map_err(|why| Error(format!("{}: {why}\n{text}", target.name)))
}

fn parse(text: &str, cpu_seconds: f64) -> Result<Measured, String> {
    if let Some(line) = text.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors")) {
        return Err(line.trim().to_owned());
    }
    let after = |start: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(start))?;
        line.split_whitespace().next().map(str::to_owned)
    };
    let missing = || "wrk's output is not as it should be".to_owned();
    let rps = after("Requests/sec:").and_then(|n| n.parse().ok()).ok_or_else(missing)?;
    let requests = text.lines().find_map(|line| line.trim().split_once(" requests in ")?.0.parse::<f64>().ok());
    let within = |share| after(share).and_then(|n| millis(&n)).ok_or_else(missing);
    let (p50_ms, p99_ms) = (within("50%")?, within("99%")?);
    let requests = requests.filter(|n| *n > 0.0).ok_or_else(missing)?;
    let cpu_us = cpu_seconds / requests * 1e6;
    Ok(Measured {
        rps,
        p50_ms,
        p99_ms,
        cpu_us,
        requests,
        raw: format!("{}\ncpu: {cpu_us:.1} us per request", text.trim_end()),
    })
}

/// wrk's times: `12.34us`, `1.20ms`, `1.00s`.
fn millis(text: &str) -> Option<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1_000.0)];
    units.into_iter().find_map(|(unit, factor)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
Running 3s test @ http://127.0.0.1:1/
  Latency Distribution
     50%  297.00us
     99%    1.23ms
  100000 requests in 3.00s, 12.59MB read
Requests/sec:  33333.33
";

    #[test]
    fn the_output_of_wrk_is_read() {
        let measured = parse(TEXT, 1.5).expect("numbers");
        assert_eq!((measured.rps, measured.p50_ms, measured.p99_ms), (33333.33, 0.297, 1.23));
        assert_eq!(measured.requests, 100_000.0);
        assert!((measured.cpu_us - 15.0).abs() < 1e-9);
        assert!(parse(&format!("{TEXT}  Non-2xx or 3xx responses: 7\n"), 1.0).is_err());
        assert!(parse("", 1.0).is_err());
    }
}
