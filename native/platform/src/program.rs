//! The `main` of a deployable.

use std::{path::Path, process::ExitCode};

use aw_platform::App;
use tokio::signal::unix::{SignalKind, signal};

use crate::{Native, Settings, serve};

/// The settings that the program's arguments name: `--settings FILE`.
///
/// # Errors
/// One line: what is wrong with the arguments or the file.
pub fn settings_from_args(args: impl IntoIterator<Item = String>) -> Result<Settings, String> {
    let args: Vec<String> = args.into_iter().collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--settings", file] => Settings::read(Path::new(file)),
        _ => Err("usage: --settings FILE (a JSON object; see aw_native::Settings)".to_owned()),
    }
}

/// Serves app `A` with the settings that the arguments name, until SIGINT or SIGTERM, after `prepare` has seen them; what it
/// gives is kept for as long as the app is served.
pub fn program<A: App<Native>, K>(prepare: impl FnOnce(&mut Settings) -> Result<K, String>) -> ExitCode {
    let served = settings_from_args(std::env::args().skip(1)).and_then(|mut settings| {
        let kept = prepare(&mut settings)?;
        run::<A>(settings)?;
        drop(kept);
        Ok(())
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run<A: App<Native>>(settings: Settings) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let listen = |kind| signal(kind).map_err(|e| format!("signals: {e}"));
        let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
        let running = serve::<A>(settings)?;
        println!("listening on http://{}", running.addr());
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        running.stop();
        Ok(())
    })
}
