//! What takes long to make, begun while the first stages run.

use std::thread;

use aw_runtimes::{Result, process, setup};

/// Makes the tools of every runtime in the background, at the lowest priority: of two processors one is often idle
/// while the other compiles. A failure is told by the stage that needs the tool.
pub(super) fn begin() {
    thread::spawn(|| {
        process::lowest_priority();
        // npm first: it waits for the network more than it computes.
        let _ = setup::node();
        let _ = setup::viceroy();
        let _ = spin();
        let _ = setup::TYPESETTER.get();
    });
}

/// Makes what the runtime called `name` needs besides our own code.
///
/// # Errors
/// A tool cannot be had.
pub(super) fn tools(name: &str) -> Result<()> {
    match name {
        "cloudflare" => setup::node().map(drop),
        "fastly" => setup::viceroy().map(drop),
        "spin" => spin(),
        _ => Ok(()),
    }
}

fn spin() -> Result<()> {
    if process::find("spin").is_some() { Ok(()) } else { setup::SPIN_HOST.get().map(drop) }
}
