//! Sessions at the edge: who is logged in is decided here, from the token alone; logging in, refreshing and logging
//! out are the origin's, relayed and slowed down for who tries too often.
#![allow(async_fn_in_trait)]

mod action;
mod api;
mod continuation;
mod cookies;
mod csrf;
mod forms;
mod logout;
mod relay;
mod session;
mod tokens;

pub use action::Action;
pub use api::api;
pub use continuation::continuation;
pub use forms::{Form, read_form, show, submit};
pub use logout::logout_form;
pub use session::session;
