//! `sandbox ADDRESS [FILE]`: the sandbox as a program of its own.

use std::{path::Path, process::ExitCode};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (addr, file) = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [addr] => (addr.parse(), None),
        [addr, file] => (addr.parse(), Some(Path::new(file))),
        _ => {
            eprintln!("usage: sandbox ADDRESS [FILE], such as: sandbox 127.0.0.1:4010 sandbox.json");
            return ExitCode::FAILURE;
        }
    };
    let started = addr.map_err(|e| format!("the address: {e}")).and_then(|addr| aw_sandbox::start(addr, file));
    match started.and_then(|running| wait().map(|()| running)) {
        Ok(running) => {
            running.stop();
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Waits for Ctrl-C.
fn wait() -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(|e| e.to_string())?;
    runtime.block_on(tokio::signal::ctrl_c()).map_err(|e| e.to_string())
}
