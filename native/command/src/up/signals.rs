//! Ctrl-C and SIGTERM.

use std::{
    process::exit,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::Duration,
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator,
};

use crate::failure::Failure;

/// What a shell shows for a program that SIGINT ended.
const KILLED: i32 = 130;

/// The signals that say to stop. The first ends the program at once as long as nothing has to be stopped in its order,
/// the second always: its children have tethers.
pub(crate) struct Signals {
    told: Receiver<()>,
    orderly: Arc<AtomicBool>,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system does not let us.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let failed = |e: std::io::Error| Failure::new(format!("signals: {e}"));
        let mut signals = iterator::Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(failed)?;
        let (tell, told) = channel();
        let orderly = Arc::new(AtomicBool::new(false));
        let seen = orderly.clone();
        let work = move || {
            for (n, _) in signals.forever().enumerate() {
                if n > 0 || !seen.load(Ordering::SeqCst) {
                    exit(KILLED);
                }
                let _ = tell.send(());
            }
        };
        std::thread::Builder::new().name("signals".into()).spawn(work).map_err(failed)?;
        Ok(Self { told, orderly })
    }

    /// From now on there is something to stop.
    pub(crate) fn stop_in_order(&self) {
        self.orderly.store(true, Ordering::SeqCst);
    }

    /// Waits for a signal, but no longer than that: whether one came.
    pub(crate) fn stop_within(&self, patience: Duration) -> bool {
        !matches!(self.told.recv_timeout(patience), Err(RecvTimeoutError::Timeout))
    }
}
