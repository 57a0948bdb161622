//! Records, kept for the test to look at.

use std::cell::RefCell;

#[derive(Debug, Default)]
pub(crate) struct Records(RefCell<Vec<String>>);

impl Records {
    pub(crate) fn push(&self, record: &[u8]) {
        self.0.borrow_mut().push(String::from_utf8_lossy(record).into_owned());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        self.0.take()
    }
}
