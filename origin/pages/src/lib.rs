//! Pages that the origin makes for an edge: what a service's own routes say, as HTML.
//!
//! Such a page shows what only the origin knows, so that an edge would have to ask for it anyway. The edge has decided
//! who asks, and that a form is ours, before it asks; the token for the forms on the page comes with the request.
//! A page asks the routes of its service as the reader, so that it can do no more than they allow.
#![allow(async_fn_in_trait)]

mod desk;
mod respond;
mod said;

pub use desk::{Api, Desk};
pub use respond::{page, see_other};
pub use said::Said;
