//! A private PostgreSQL cluster in a folder: made when it is first started, stopped when its handle is dropped.
//!
//! It takes the machine's own programs (15 or later, [`aw_runtimes::setup::postgres`]) and is nobody else's: its Unix
//! socket can be reached by the user who started it only, TCP only with a password. `fsync` is on: what was committed
//! survives the machine.
//!
//! ```no_run
//! use aw_postgres::{Cluster, Listen};
//! let cluster = Cluster::start("data/postgres".as_ref(), &Listen::Socket)?;
//! let database = cluster.database(); // where and as whom to connect
//! # Ok::<(), aw_runtimes::Error>(())
//! ```

mod account;
mod cluster;
mod folder;
mod initialise;
mod postmaster;

pub use cluster::{Cluster, Listen, ROLE};
