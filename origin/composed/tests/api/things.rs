//! What a request names.

use std::collections::BTreeMap;

/// Ids by what they are of: the names of the path's parameters, and what bodies name besides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Things(BTreeMap<&'static str, String>);

impl Things {
    /// With one more.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.insert(name, value.into());
        self
    }

    /// The value of that name.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("nothing was made for {{{name}}}"))
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}
