//! A folder that goes with the test.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

pub(crate) struct Folder(pub(crate) PathBuf);

/// Waits for its input to end, which it does with this process, however that ends; then sweeps, for as long as the
/// servers in the folder are still writing.
const BROOM: &str = r#"cat >/dev/null; n=0; while [ $n -lt 40 ]; do rm -rf "$0" && exit; n=$((n+1)); sleep 0.5; done"#;

impl Folder {
    /// A folder that goes when this is dropped.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("aw-origin-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Self(path)
    }

    /// A folder that goes when the process does: what is in a static is never dropped.
    pub(crate) fn of_the_process() -> Self {
        let folder = Self::new();
        let mut broom = Command::new("sh");
        broom.args(["-c", BROOM]).arg(&folder.0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = broom.spawn().expect("sh");
        // The pipe's end is ours for as long as we live.
        std::mem::forget(child);
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
