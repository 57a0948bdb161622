//! `fermyon:spin/key-value@2.0.0` and `fermyon:spin/variables@2.0.0`.

use std::sync::Arc;

use tokio::task::block_in_place;
use wasmtime::{Result, component::Resource};

use crate::{
    bindings::fermyon::spin::{
        key_value::{Error, Host, HostStore},
        variables,
    },
    state::State,
    store::Store,
};

/// A store that a component has open.
pub struct Opened(Arc<Store>);

impl State {
    /// Runs `work` on an open store, where the disk may keep it waiting.
    fn on<T>(
        &self,
        store: &Resource<Opened>,
        work: impl FnOnce(&Store) -> anyhow::Result<T>,
    ) -> Result<Result<T, Error>> {
        let store = &self.table.get(store)?.0;
        Ok(block_in_place(|| work(store)).map_err(|e| Error::Other(format!("{e:#}"))))
    }
}

impl Host for State {}

impl HostStore for State {
    async fn open(&mut self, label: String) -> Result<Result<Resource<Opened>, Error>> {
        match self.component.stores.get(&label) {
            Some(store) => Ok(Ok(self.table.push(Opened(store.clone()))?)),
            None => Ok(Err(Error::AccessDenied)),
        }
    }

    async fn get(&mut self, store: Resource<Opened>, key: String) -> Result<Result<Option<Vec<u8>>, Error>> {
        self.on(&store, |store| store.get(&key))
    }

    async fn set(&mut self, store: Resource<Opened>, key: String, value: Vec<u8>) -> Result<Result<(), Error>> {
        self.on(&store, |store| store.put(&key, Some(&value)))
    }

    async fn delete(&mut self, store: Resource<Opened>, key: String) -> Result<Result<(), Error>> {
        self.on(&store, |store| store.put(&key, None))
    }

    async fn exists(&mut self, store: Resource<Opened>, key: String) -> Result<Result<bool, Error>> {
        self.on(&store, |store| Ok(store.get(&key)?.is_some()))
    }

    async fn get_keys(&mut self, store: Resource<Opened>) -> Result<Result<Vec<String>, Error>> {
        self.on(&store, Store::keys)
    }

    async fn drop(&mut self, store: Resource<Opened>) -> Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

impl variables::Host for State {
    async fn get(&mut self, name: String) -> Result<Result<String, variables::Error>> {
        let value = self.component.variables.get(&name).cloned();
        Ok(value.ok_or_else(|| variables::Error::Undefined(format!("no value for {name}"))))
    }
}
