//! Ctrl-C and SIGTERM.

use std::{
    process::exit,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::Duration,
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator,
};

use crate::failure::Failure;

/// What a shell shows for a program that SIGINT ended.
const KILLED: i32 = 130;

/// The signals that say to stop. The second ends the program at once: its children have tethers.
pub(crate) struct Signals(Receiver<()>);

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system does not let us.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let failed = |e: std::io::Error| Failure::new(format!("signals: {e}"));
        let mut signals = iterator::Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(failed)?;
        let (tell, told) = channel();
        let work = move || {
            for (n, _) in signals.forever().enumerate() {
                if n > 0 {
                    exit(KILLED);
                }
                let _ = tell.send(());
            }
        };
        std::thread::Builder::new().name("signals".into()).spawn(work).map_err(failed)?;
        Ok(Self(told))
    }

    /// Waits for a signal, but no longer than that: whether one came.
    pub(crate) fn stop_within(&self, patience: Duration) -> bool {
        !matches!(self.0.recv_timeout(patience), Err(RecvTimeoutError::Timeout))
    }
}
