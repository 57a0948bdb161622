//! Takes the settings file of a native deployable, and of that the address, the number of threads and the setting
//! `page`: a file to serve instead of `hello`.

use std::{collections::BTreeMap, fs, net::SocketAddr, process::ExitCode, thread};

use mimalloc::MiMalloc;
use serde::Deserialize;

/// The native deployables' allocator: what is compared is what we do with it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[derive(Deserialize)]
struct Settings {
    listen: SocketAddr,
    #[serde(default)]
    threads: usize,
    #[serde(default)]
    config: BTreeMap<String, String>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(2).ok_or("usage: --settings FILE")?;
    let settings: Settings = serde_json::from_slice(&fs::read(file)?)?;
    let threads = match settings.threads {
        0 => thread::available_parallelism()?.get(),
        n => n,
    };
    let (media_type, body) = match settings.config.get("page") {
        Some(page) => ("text/html; charset=utf-8", fs::read(page)?.into()),
        None => ("text/plain", "hello".into()),
    };
    native_bare::serve(settings.listen, threads, media_type, body)?;
    loop {
        thread::park();
    }
}
