//! What the threads of one deployable share, and what each has for itself.

use std::{rc::Rc, sync::Arc};

use tokio_util::task::TaskTracker;

use crate::{cache::NativeCache, pool::Pools, settings::Settings, sql::Databases, store::Stores};

/// Shared by all threads.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) stores: Stores,
    pub(crate) cache: NativeCache,
}

impl Shared {
    pub(crate) fn new(settings: Settings) -> Result<Arc<Self>, String> {
        settings.check()?;
        let stores = Stores::open(&settings)?;
        let cache = NativeCache::new(settings.cache_bytes);
        Ok(Arc::new(Self { settings, stores, cache }))
    }
}

/// One thread's.
pub(crate) struct Instance {
    pub(crate) shared: Arc<Shared>,
    pub(crate) pools: Pools,
    pub(crate) databases: Databases,
    /// Connections and background work, which a graceful stop waits for.
    pub(crate) tasks: TaskTracker,
}

impl Instance {
    pub(crate) fn new(shared: Arc<Shared>) -> Result<Rc<Self>, String> {
        let pools = Pools::new(&shared.settings)?;
        let databases = Databases::new(shared.settings.database.clone());
        Ok(Rc::new(Self { shared, pools, databases, tasks: TaskTracker::new() }))
    }
}
