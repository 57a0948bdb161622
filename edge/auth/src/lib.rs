//! Sessions at the edge: who is logged in is decided here, from the token alone; logging in, refreshing and logging
//! out are the origin's, relayed and slowed down for who tries too often.
#![allow(async_fn_in_trait)]

mod action;
mod api;
mod continuation;
mod cookies;
mod csrf;
mod factor;
mod forms;
mod logout;
mod oidc;
mod page;
mod relay;
mod script;
mod session;
mod tokens;

pub use action::Action;
pub use api::api;
pub use continuation::continuation;
pub use factor::submit_factor;
pub use forms::{Form, show, submit};
pub use logout::logout_form;
pub use oidc::{provider_callback, provider_start};
pub use page::{Asked, page};
pub use script::script;
pub use session::session;
