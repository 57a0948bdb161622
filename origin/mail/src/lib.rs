//! Mail: written into the tenant's database in the transaction that causes it ([`queue`]), and sent by a worker that
//! claims what is due ([`Worker`]), with backoff, until it is sent or given up.
//!
//! Where no transport is set up the mails are kept, to be read by the operator.
#![allow(async_fn_in_trait)]

mod claim;
mod letter;
mod outbox;
mod read;
mod settle;
mod transport;
mod worker;

pub use letter::Letter;
pub use outbox::{Mail, queue};
pub use read::{MailDetail, MailSummary, State, get, list};
pub use transport::Transport;
pub use worker::{Progress, Worker};
