//! Passkeys: WebAuthn credentials of accounts, made and used at one host of the tenant each.

mod ceremony;
mod list;
mod login;
mod register;
mod wire;

pub(super) use list::{NewName, Passkey};
pub(super) use login::{LoginOptions, PasskeyLogin, Used};
pub(super) use register::{NewPasskey, PasskeyMade};
pub(super) use wire::{Assertion, CreationAnswer, RequestAnswer};
