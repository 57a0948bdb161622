//! Where everything listens: chosen once, so that addresses last.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, TcpListener},
};

use serde::{Deserialize, Serialize};

use super::Data;
use crate::failure::Failure;

const FILE: &str = "ports.json";

/// Part → loopback port.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ports(BTreeMap<String, u16>);

impl Ports {
    /// The ports of before.
    ///
    /// # Errors
    /// The file is broken.
    pub(crate) fn load(data: &Data) -> Result<Self, Failure> {
        Ok(data.read(FILE)?.unwrap_or_default())
    }

    /// Keeps them.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn save(&self, data: &Data) -> Result<(), Failure> {
        data.write(FILE, self)
    }

    /// The part's port of before.
    pub(crate) fn known(&self, part: &str) -> Option<u16> {
        self.0.get(part).copied()
    }

    /// The part's port of before; else `wished` if that is free and no other part's, else any that is.
    ///
    /// # Errors
    /// None is free.
    pub(crate) fn get(&mut self, part: &str, wished: Option<u16>) -> Result<u16, Failure> {
        if let Some(port) = self.0.get(part) {
            return Ok(*port);
        }
        let others: Vec<u16> = self.0.values().copied().collect();
        let usable = |port: &u16| !others.contains(port) && is_free(*port);
        let port = match wished.filter(usable) {
            Some(port) => port,
            None => loop {
                let port = aw_runtimes::free_port()?;
                if !others.contains(&port) {
                    break port;
                }
            },
        };
        self.0.insert(part.to_owned(), port);
        Ok(port)
    }

    /// As [`get`](Self::get), but another where the port of before is taken: for parts whose address nobody has
    /// written down.
    ///
    /// # Errors
    /// None is free.
    pub(crate) fn get_free(&mut self, part: &str, wished: Option<u16>) -> Result<u16, Failure> {
        if self.0.get(part).is_some_and(|port| !is_free(*port)) {
            self.0.remove(part);
        }
        self.get(part, wished)
    }

    /// Gives the part this port from now on.
    pub(crate) fn set(&mut self, part: &str, port: u16) {
        self.0.insert(part.to_owned(), port);
    }
}

/// Whether the loopback port is free now.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
