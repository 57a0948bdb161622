//! Reader pages: plain HTML that needs no JavaScript.
//!
//! Every value is escaped where it is written (maud does it by construction); the one piece of markup that is taken
//! as it is, a chapter's text, has been sanitised by `aw-manuscript`. A page depends on its arguments alone, so that
//! a chapter's page can be an object addressed by its SHA-256.

mod account;
mod book;
mod chapter;
mod error;
mod factor;
pub mod form;
mod layout;
mod link;
pub mod local;
mod money;
mod paywall;
mod script;
mod shelf;
mod style;
mod subscription;

pub use account::{AccountPage, CredentialsPage, account_page, login_page, register_page};
pub use book::{BookPage, book_page};
pub use chapter::{ChapterPage, chapter_page};
pub use error::{ErrorPage, error_page};
pub use factor::{FactorPage, SecurityPage, factor_page, security_page};
pub use link::{DonePage, LinkPage, confirm_email_page, done_page, forgot_page, reset_page, verify_page};
pub use money::money;
pub use paywall::{PaywallPage, paywall_page};
pub use script::{SCRIPT, SCRIPT_PATH, SCRIPT_POLICY, is_script_path};
pub use shelf::{ShelfPage, shelf_page};
pub use style::{STYLE, STYLE_PATH, is_style_path};
pub use subscription::{
    Bought, Held, Offer, SubscribePage, SubscriptionPage, leaving_page, settling_page, subscribe_page,
    subscription_page,
};
