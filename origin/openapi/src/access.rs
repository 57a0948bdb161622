//! Who may call.

use serde_json::{Value, json};

/// Whom an operation answers with anything but 401 or 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, a stranger too.
    Public,
    /// Anyone who is logged in.
    Reader,
    /// Those who have one of these roles.
    Roles(&'static [&'static str]),
    /// The operator's command, which signs its requests: no token does.
    Operator,
}

impl Access {
    /// OpenAPI's `security`: none of it, or one of a list.
    pub(crate) fn security(self) -> Value {
        match self {
            Self::Public => json!([{}, { "bearer": [] }, { "cookie": [] }]),
            Self::Reader | Self::Roles(_) => json!([{ "bearer": [] }, { "cookie": [] }]),
            Self::Operator => json!([{ "operator": [] }]),
        }
    }

    /// The roles, for tests and for people: the extension `x-roles`.
    pub(crate) fn roles(self) -> Option<Value> {
        match self {
            Self::Roles(roles) => Some(json!(roles)),
            _ => None,
        }
    }

    /// The statuses with which it is refused.
    pub(crate) fn refusals(self) -> &'static [u16] {
        match self {
            Self::Public => &[],
            Self::Reader => &[401],
            Self::Roles(_) | Self::Operator => &[401, 403],
        }
    }
}
