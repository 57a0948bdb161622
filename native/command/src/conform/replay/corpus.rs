//! Requests as the corpora say them.

use std::collections::BTreeSet;

use aw_conformance::origin::pattern;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    request: Vec<Request>,
}

/// A request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    /// What its case is called after.
    pub(super) name: String,
    /// The method.
    #[serde(default = "get")]
    pub(super) method: String,
    /// The request target.
    pub(super) target: String,
    /// Header fields: names and values.
    #[serde(default)]
    pub(super) headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    filler: usize,
}

fn get() -> String {
    "GET".to_owned()
}

impl Request {
    /// The body's bytes.
    pub(super) fn body(&self) -> Vec<u8> {
        if self.filler == 0 {
            return self.body.clone().into_bytes();
        }
        let mut bytes = vec![0; self.filler];
        pattern(0, &mut bytes);
        bytes
    }

    /// The request with `fill` applied to its target, its values and its body.
    pub(super) fn map(mut self, fill: &dyn Fn(&str) -> String) -> Self {
        self.target = fill(&self.target);
        self.body = fill(&self.body);
        self.headers.iter_mut().for_each(|(_, value)| *value = fill(value));
        self
    }
}

/// Reads a corpus.
///
/// # Errors
/// It is not one, or a name is there twice.
pub(super) fn parse(text: &str) -> Result<Vec<Request>, String> {
    let file: File = toml::from_str(text).map_err(|e| format!("the corpus: {e}"))?;
    let mut names = BTreeSet::new();
    match file.request.iter().find(|request| !names.insert(request.name.clone())) {
        Some(twice) => Err(format!("the corpus: {} is there twice", twice.name)),
        None => Ok(file.request),
    }
}

#[cfg(test)]
mod tests {
    use aw_conformance::replay::{FIXTURE, GATEWAY};

    use super::parse;

    #[test]
    fn the_corpora_in_the_tree_are_well_formed_and_large_enough() {
        let count = |text| parse(text).expect("a corpus").len();
        assert!(count(FIXTURE) >= 60);
        assert!(count(GATEWAY) >= 60);
        let one = "[[request]]\nname = \"a\"\ntarget = \"/\"\n";
        assert!(parse(&one.repeat(2)).is_err());
        assert!(parse(&one.replace("target", "tarjet")).is_err());
    }
}
