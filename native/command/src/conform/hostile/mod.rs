//! Requests that mean no good, on raw sockets, to the gateway: each has the answer that it must get, on every runtime.

mod bodies;
mod fields;
mod forge;
mod framing;
mod hosts;
mod identity;
mod ingest;
mod judge;
mod lines;
mod paths;
mod queries;
mod sizes;
mod tokens;

use std::sync::Arc;

use super::{
    run::Case,
    site::{HOST, Site},
    wire,
};
use forge::Forge;
use judge::Expect;

/// A request and what must come of it.
struct Attack {
    name: String,
    bytes: Bytes,
    /// Tells whether the answer has a body.
    method: &'static str,
    /// Whether the sender leaves its side open after it, as one does who waits for an answer.
    whole: bool,
    expect: Expect,
}

/// Makes the request when it is sent: signatures and tokens hold for a while only.
type Bytes = Box<dyn Fn(&Forge) -> Vec<u8> + Send>;

impl Attack {
    fn new(name: impl Into<String>, expect: Expect, bytes: impl Fn(&Forge) -> Vec<u8> + Send + 'static) -> Self {
        Self { name: name.into(), bytes: Box::new(bytes), method: "POST", whole: true, expect }
    }

    /// The same from a sender who hangs up behind it.
    fn cut(self) -> Self {
        Self { whole: false, ..self }
    }

    /// A GET of `target`, with these fields.
    fn get(
        name: impl Into<String>,
        expect: Expect,
        target: impl Into<String>,
        fields: &'static [(&'static str, &'static str)],
    ) -> Self {
        let target = target.into();
        let attack = Self::new(name, expect, move |_| request("GET", &target, fields, b""));
        Self { method: "GET", ..attack }
    }

    /// Whatever can be said as text; `{hidden}` stands for a request that must not be taken for one.
    fn text(name: impl Into<String>, expect: Expect, text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(name, expect, move |forge| forge.fill(&text).into_bytes())
    }
}

/// A request to the site.
fn request(method: &str, target: &str, fields: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut all: Vec<(&str, &[u8])> = vec![("Host", HOST.as_bytes())];
    all.extend(fields.iter().map(|(name, value)| (*name, value.as_bytes())));
    wire::request(method, target, &all, body)
}

/// Every hostile case, against a world where `site` is published.
pub(super) fn cases(site: &Site) -> impl Iterator<Item = Case> {
    let forge = Arc::new(Forge::new(site));
    let families: [(&str, Vec<Attack>); 11] = [
        ("line", lines::attacks()),
        ("field", fields::attacks()),
        ("framing", framing::attacks()),
        ("host", hosts::attacks()),
        ("size", sizes::attacks()),
        ("path", paths::attacks()),
        ("query", queries::attacks()),
        ("token", tokens::attacks()),
        ("identity", identity::attacks()),
        ("body", bodies::attacks()),
        ("ingest", ingest::attacks()),
    ];
    families.into_iter().flat_map(move |(family, attacks)| {
        let forge = forge.clone();
        attacks.into_iter().map(move |attack| {
            let forge = forge.clone();
            Case::new(format!("hostile-{family}-{}", attack.name), move |world| judge::judge(world, &forge, &attack))
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::conform::site::Plan;

    #[test]
    fn there_are_many_and_each_has_a_name_of_its_own() {
        let site = Site::new(&Plan::whale(), 1).expect("a site");
        let names: Vec<String> = cases(&site).map(|case| case.name).collect();
        let distinct: BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        assert!(names.len() >= 150, "{}", names.len());
    }
}
