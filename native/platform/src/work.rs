//! Work outside of any request.

use tokio::task::LocalSet;

use crate::{
    instance::{Instance, Shared},
    platform::Native,
    settings::Settings,
};

/// Runs `work` on this thread, with a platform of these settings, to its end: what a command does with databases, the
/// object store and secrets as a deployable has them. Nothing listens.
///
/// # Errors
/// One line: the settings do not hold, or a store cannot be opened.
///
/// ```
/// let now = aw_native::work(aw_native::Settings::default(), async |p| aw_platform::Platform::now(&p)).unwrap();
/// assert!(now > 1_700_000_000_000);
/// ```
pub fn work<T>(settings: Settings, work: impl AsyncFnOnce(Native) -> T) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("runtime: {e}"))?;
    let instance = Instance::new(Shared::new(settings)?)?;
    Ok(LocalSet::new().block_on(&runtime, async {
        let done = work(Native { instance: instance.clone(), peer: None }).await;
        instance.tasks.close();
        instance.tasks.wait().await;
        done
    }))
}
