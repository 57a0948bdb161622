//! The application: its components, compiled and linked, and what they share.

use std::{collections::BTreeMap, env, fs, path::Path, sync::Arc, time::Instant};

use anyhow::{Context, Result};
use wasmtime::{
    Cache, Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig,
    component::{Component, HasSelf, Linker},
};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::{
    allowed::Allowed,
    args::Args,
    bindings::Spin,
    manifest,
    measured::Measured,
    outbound::{self, Client},
    postgres::Pools,
    router::{Route, Router},
    state::State,
    store::{Store, Stores},
    template::Variables,
};

/// Most instances at once.
const INSTANCES: u32 = 1_000;
/// So much of an instance's memory is cleared by hand for the next one, which is faster than by the kernel.
const KEPT: usize = 2 << 20;

/// A component that is ready to be instantiated.
pub struct Deployed {
    /// Its id.
    pub id: String,
    /// Linked to this host.
    pub pre: ProxyPre<State>,
    /// Where it may connect to.
    pub allowed: Allowed,
    /// Its variables that have a value.
    pub variables: BTreeMap<String, String>,
    /// Its key-value stores by label.
    pub stores: BTreeMap<String, Arc<Store>>,
    /// What all components share.
    pub client: Client,
    /// What all components share.
    pub pools: Arc<Pools>,
    /// What its instances have cost.
    pub measured: Measured,
}

/// Everything that is served.
pub struct App {
    pub router: Router,
    pub components: BTreeMap<String, Arc<Deployed>>,
    /// In bytes, of one instance.
    pub max_memory: usize,
}

impl App {
    /// Reads the manifest, and compiles and links its components.
    ///
    /// # Errors
    /// Something of it is not there or not as it should be.
    pub fn load(args: &Args) -> Result<Self> {
        let at = || args.manifest.display().to_string();
        let manifest = manifest::parse(&fs::read_to_string(&args.manifest).with_context(at)?).with_context(at)?;
        let folder = args.manifest.parent().unwrap_or(Path::new("."));
        let max_memory = match env::var("SPIN_MAX_INSTANCE_MEMORY") {
            Ok(bytes) => bytes.parse().context("SPIN_MAX_INSTANCE_MEMORY")?,
            Err(_) => 256 << 20,
        };
        let engine = engine(max_memory).map_err(ours)?;
        let linker = linker(&engine).map_err(ours)?;
        let variables = Variables::read(&manifest.variables, |name| env::var(name).ok());
        let stores = Stores::open(args.state.as_deref())?;
        let (client, pools) = (outbound::client(), Arc::new(Pools::default()));
        let mut components = BTreeMap::new();
        for (id, component) in manifest.component {
            let file = folder.join(&component.source);
            let begun = Instant::now();
            let linked = Component::from_file(&engine, &file).and_then(|code| linker.instantiate_pre(&code));
            let pre = linked.and_then(ProxyPre::new).map_err(ours).with_context(|| file.display().to_string())?;
            let deployed = Deployed {
                pre,
                measured: Measured::new(begun.elapsed()),
                allowed: allowed(&id, &component.allowed_outbound_hosts, &variables),
                variables: component
                    .variables
                    .iter()
                    .filter_map(|(name, template)| Some((name.clone(), variables.fill(template).ok()?)))
                    .collect(),
                stores: component.key_value_stores.iter().map(|label| (label.clone(), stores.store(label))).collect(),
                client: client.clone(),
                pools: pools.clone(),
                id: id.clone(),
            };
            components.insert(id, Arc::new(deployed));
        }
        let routes = manifest.trigger.http.into_iter().map(|t| Route { raw: t.route, component: t.component });
        Ok(Self { router: Router::new(routes.collect()), components, max_memory })
    }
}

/// As Spin does, one entry that cannot be read denies everything.
fn allowed(id: &str, list: &[String], variables: &Variables) -> Allowed {
    let filled: Result<Vec<String>> = list.iter().map(|entry| variables.fill(entry)).collect();
    filled.and_then(|list| Allowed::parse(&list)).unwrap_or_else(|e| {
        eprintln!("spin-host: {id} may connect to nothing: allowed_outbound_hosts: {e:#}");
        Allowed::nowhere()
    })
}

/// wasmtime's errors are not the standard library's.
fn ours(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}

fn engine(max_memory: usize) -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(INSTANCES)
        .total_core_instances(4 * INSTANCES)
        .total_memories(INSTANCES)
        .total_tables(4 * INSTANCES)
        .total_stacks(INSTANCES)
        .max_memory_size(max_memory)
        .linear_memory_keep_resident(KEPT)
        .table_keep_resident(KEPT / 4);
    let mut config = Config::new();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    // Compiled code outlives the process; without a home for it every start compiles.
    if let Ok(cache) = Cache::from_file(None) {
        config.cache(Some(cache));
    }
    Engine::new(&config)
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    Spin::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    Ok(linker)
}
