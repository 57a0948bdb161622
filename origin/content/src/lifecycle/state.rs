//! The states of a book.

use aw_openapi::JsonSchema;
use aw_platform::{Result, Sql};
use serde::{Deserialize, Serialize};

use crate::{books::Draft, publish};

/// Where a book is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// An idea.
    Draft,
    /// It is being written.
    Writing,
    /// It is being edited.
    Editing,
    /// It is read by those who say whether it is published.
    Review,
    /// Readers have it.
    Published,
    /// It is on no shelf; who may read it still can.
    Archived,
}

/// Every state, and those that may follow it. Publishing leads to [`State::Published`], withdrawing from it and from
/// the archive to [`State::Writing`]; the rest is said by people.
pub(crate) const TRANSITIONS: [(State, &[State]); 6] = [
    (State::Draft, &[State::Writing, State::Editing, State::Review, State::Published]),
    (State::Writing, &[State::Draft, State::Editing, State::Review, State::Published]),
    (State::Editing, &[State::Writing, State::Review, State::Published]),
    (State::Review, &[State::Writing, State::Editing, State::Published]),
    (State::Published, &[State::Archived, State::Writing]),
    (State::Archived, &[State::Published, State::Writing]),
];

impl State {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Writing => "writing",
            Self::Editing => "editing",
            Self::Review => "review",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }

    /// The state of that name.
    pub(crate) fn parse(name: &str) -> Self {
        TRANSITIONS.iter().map(|(state, _)| *state).find(|state| state.name() == name).unwrap_or(Self::Draft)
    }

    /// Whether `next` may follow.
    pub(crate) fn leads_to(self, next: Self) -> bool {
        TRANSITIONS.iter().any(|(state, nexts)| *state == self && nexts.contains(&next))
    }

    /// Whether readers have the book.
    pub(crate) fn is_public(self) -> bool {
        matches!(self, Self::Published | Self::Archived)
    }
}

/// Takes a published book off the shelves; its pages stay. In the transaction of a caller who has locked it.
///
/// # Errors
/// The database refuses it.
pub(super) async fn archive<S: Sql>(sql: &S, tenant: &str, book: &Draft) -> Result<usize> {
    publish::leave_shelves(sql, tenant, &book.id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_in_the_table_and_can_be_left() {
        for (state, nexts) in TRANSITIONS {
            assert_eq!(State::parse(state.name()), state);
            assert!(!nexts.is_empty() && !nexts.contains(&state));
            assert!(state == State::Published || state.leads_to(State::Published), "{state:?}");
        }
        assert!(!State::Draft.leads_to(State::Archived) && State::Published.leads_to(State::Archived));
    }
}
