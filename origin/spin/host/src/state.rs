//! What one instance has: its resources, and the component that it is of.

use std::sync::Arc;

use wasmtime::{StoreLimitsBuilder, component::ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    WasiHttpCtx,
    p2::{WasiHttpCtxView, WasiHttpView},
};

use crate::{app::Deployed, measured::Limits, outbound::Outbound};

/// The data of an instance's store.
pub struct State {
    pub table: ResourceTable,
    pub component: Arc<Deployed>,
    /// The instance's memory.
    pub limits: Limits,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
}

impl State {
    /// A fresh one.
    pub fn new(component: Arc<Deployed>, max_memory: usize) -> Self {
        Self {
            table: ResourceTable::new(),
            limits: Limits::new(StoreLimitsBuilder::new().memory_size(max_memory).build()),
            wasi: WasiCtx::builder().inherit_stdout().inherit_stderr().build(),
            http: WasiHttpCtx::new(),
            outbound: Outbound::new(component.clone()),
            component,
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.outbound }
    }
}
