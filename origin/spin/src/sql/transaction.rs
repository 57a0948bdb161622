//! What a connection has open.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use crate::sdk::Connection;

thread_local! {
    /// Connections in a transaction, for a panic to end it.
    static OPEN: RefCell<Vec<Rc<Connection>>> = const { RefCell::new(Vec::new()) };
}

/// What a statement does to the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It begins one.
    Begin,
    /// It ends it.
    End,
    /// Neither.
    Within,
}

impl Step {
    /// By the statement's first words.
    pub(super) fn of(statement: &str) -> Self {
        let mut words = statement.split(|c: char| c.is_ascii_whitespace() || c == ';').filter(|word| !word.is_empty());
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let is = |word: &str, keyword: &str| word.eq_ignore_ascii_case(keyword);
        if is(first, "BEGIN") || (is(first, "START") && is(second, "TRANSACTION")) {
            Self::Begin
        } else if is(first, "ROLLBACK") && is(second, "TO") {
            Self::Within
        } else if ["COMMIT", "END", "ROLLBACK", "ABORT"].iter().any(|keyword| is(first, keyword)) {
            Self::End
        } else {
            Self::Within
        }
    }
}

/// The transaction that a connection may be in. Dropped, it is rolled back.
pub(super) struct Transaction {
    connection: Rc<Connection>,
    open: Cell<bool>,
}

impl Transaction {
    /// None.
    pub(super) fn none(connection: Rc<Connection>) -> Self {
        Self { connection, open: Cell::new(false) }
    }

    /// A statement is about to be sent. One that begins a transaction counts even where its answer is lost.
    pub(super) fn before(&self, step: Step) {
        if step == Step::Begin && !self.open.replace(true) {
            OPEN.with_borrow_mut(|open| open.push(self.connection.clone()));
        }
    }

    /// It was answered. One that ends a transaction and fails may have left it open.
    pub(super) fn after(&self, step: Step, done: bool) {
        if step == Step::End && done {
            self.forget();
        }
    }

    /// Whether there was one to forget.
    fn forget(&self) -> bool {
        let was_open = self.open.replace(false);
        if was_open {
            OPEN.with_borrow_mut(|open| open.retain(|other| !Rc::ptr_eq(other, &self.connection)));
        }
        was_open
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.forget() {
            // A connection on which that fails is broken, and the pool gives it to nobody.
            let _ = self.connection.execute("ROLLBACK", &[]);
        }
    }
}

/// Rolls back whatever is open.
pub(crate) fn roll_back_all() {
    let open = OPEN.with(|open| open.try_borrow_mut().map(|mut open| std::mem::take(&mut *open)).unwrap_or_default());
    for connection in open {
        let _ = connection.execute("ROLLBACK", &[]);
    }
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn statements_that_begin_and_end_are_told_from_others() {
        for statement in ["BEGIN", "begin;", " BEGIN ISOLATION LEVEL SERIALIZABLE", "START\nTRANSACTION"] {
            assert_eq!(Step::of(statement), Step::Begin, "{statement}");
        }
        for statement in ["COMMIT", "end", "ROLLBACK", "rollback ;", "ABORT"] {
            assert_eq!(Step::of(statement), Step::End, "{statement}");
        }
        for statement in ["SELECT 1", "ROLLBACK TO SAVEPOINT a", "SAVEPOINT a", "", "UPDATE t SET begin = 1"] {
            assert_eq!(Step::of(statement), Step::Within, "{statement}");
        }
    }
}
