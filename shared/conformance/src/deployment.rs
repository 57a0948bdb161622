//! What a deployment of the [`Fixture`](crate::Fixture) is given: names and values that port cases look for.

use aw_platform::{Backend, StoreId};

/// The key-value store.
pub const STORE: StoreId = StoreId("content");

/// The scripted origin ([`origin`](crate::origin)).
pub const ORIGIN: Backend = Backend("origin");
/// A server that accepts connections and never answers.
pub const SLOW: Backend = Backend("slow");
/// An address where nobody listens.
pub const DEAD: Backend = Backend("dead");

/// A plain setting.
pub const GREETING: &str = "greeting";
/// Its value.
pub const GREETING_VALUE: &str = "hello";
/// A setting whose value needs quoting in every configuration language.
pub const MOTTO: &str = "motto";
/// Its value.
pub const MOTTO_VALUE: &str = "Grüße, \"Welt\" = 100 % {{x}} & 'mehr' \\ <\u{1F4D6}>";
/// A setting that no deployment has.
pub const ABSENT_SETTING: &str = "absent-setting";

/// The secret.
pub const SECRET: &str = "edge-key";
/// Its value.
pub const SECRET_VALUE: &str = "conformance-edge-key-0123456789abcdefghijklmnopq";
/// A secret that no deployment has.
pub const ABSENT_SECRET: &str = "absent-secret";
