//! Who may call.

use serde_json::{Value, json};

/// Whom an operation answers with anything but 401 or 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, a stranger too.
    Public,
    /// Anyone who is logged in; of what belongs to somebody, to whom it belongs.
    Reader,
    /// The same, and the operator.
    ReaderOrOperator,
    /// Those who have one of these roles.
    Roles(&'static [&'static str]),
    /// Those who have one of `roles`; who has none of them but one of `own` sees what is theirs, and 404 in the place
    /// of what is somebody else's.
    Owned {
        /// Roles that see everybody's.
        roles: &'static [&'static str],
        /// Roles that see their own.
        own: &'static [&'static str],
    },
    /// Those who work on the book that the path names, as `least` or something higher (viewer, commenter, author, editor,
    /// owner), and those who have one of `roles` for every book. 404 for who does not work on it, 403 for who may do less.
    Collaborators {
        /// The lowest role of a collaborator that may.
        least: &'static str,
        /// Roles of the press that may with every book.
        roles: &'static [&'static str],
    },
    /// The operator's command, which signs its requests: no token does.
    Operator,
}

impl Access {
    /// OpenAPI's `security`: none of it, or one of a list. The operator may what roles may: it is an owner everywhere.
    pub(crate) fn security(self) -> Value {
        match self {
            Self::Public => json!([{}, { "bearer": [] }, { "cookie": [] }]),
            Self::Reader => json!([{ "bearer": [] }, { "cookie": [] }]),
            Self::ReaderOrOperator | Self::Roles(_) | Self::Owned { .. } | Self::Collaborators { .. } => {
                json!([{ "bearer": [] }, { "cookie": [] }, { "operator": [] }])
            }
            Self::Operator => json!([{ "operator": [] }]),
        }
    }

    /// The same for programs, whole: the extension `x-aw-access`.
    pub(crate) fn json(self) -> Value {
        match self {
            Self::Public => json!({ "for": "everybody" }),
            Self::Reader | Self::ReaderOrOperator => json!({ "for": "accounts" }),
            Self::Roles(roles) => json!({ "for": "roles", "roles": roles }),
            Self::Owned { roles, own } => json!({ "for": "roles", "roles": roles, "own": own }),
            Self::Collaborators { least, roles } => json!({ "for": "collaborators", "least": least, "roles": roles }),
            Self::Operator => json!({ "for": "operator" }),
        }
    }

    /// The statuses with which it is refused.
    pub(crate) fn refusals(self) -> &'static [u16] {
        match self {
            // A token that is none, or another press's, is not overlooked.
            Self::Public | Self::Reader | Self::ReaderOrOperator => &[401],
            Self::Roles(_) | Self::Operator => &[401, 403],
            Self::Owned { .. } | Self::Collaborators { .. } => &[401, 403, 404],
        }
    }
}
