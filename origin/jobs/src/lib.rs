//! Long work. What takes longer than a request may is a row in the tenant's table `jobs`, made in the transaction of
//! whoever asks ([`ask`]). A worker is a program of its own: it leases a row over signed HTTP, says how far it is,
//! and hands in a file; one that dies loses its lease, and the job is begun again after a while, a few times.
//!
//! A job waits, runs, and is then done, dead (it will not be tried again: it says why) or canceled.
#![allow(async_fn_in_trait)]

mod ask;
mod cancel;
mod claim;
mod job;
mod lease;
mod link;
mod operations;
mod service;
mod workers;

pub use ask::{New, ask};
pub use job::{Job, Progress, State, WaitingFor};
pub use operations::operations;
pub use service::Jobs;
