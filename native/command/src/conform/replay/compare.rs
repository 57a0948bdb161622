//! Two answers beside each other.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::conform::{port::clipped, wire::Reply};

/// What is not compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    header: Vec<Rule>,
    optional: Vec<Rule>,
    moment: Vec<Moment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: String,
    reason: String,
}

/// What is not the same twice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moment {
    after: String,
    before: String,
    reason: String,
}

impl Rules {
    /// Reads the rules.
    ///
    /// # Errors
    /// They are not what rules are, or one has no reason.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let rules: Self = toml::from_str(text).map_err(|e| format!("the replay's rules: {e}"))?;
        let named = rules.header.iter().chain(&rules.optional).map(|rule| (&rule.name, &rule.reason));
        let all = named.chain(rules.moment.iter().map(|moment| (&moment.after, &moment.reason)));
        match all.into_iter().find(|(_, reason)| reason.trim().is_empty()) {
            Some((name, _)) => Err(format!("the replay's rules: {name} has no reason")),
            None => Ok(rules),
        }
    }

    /// Compares an answer with native's.
    ///
    /// # Errors
    /// In a sentence, the first difference.
    pub(super) fn compare(&self, native: &Reply, reply: &Reply) -> Result<(), String> {
        if native.status() != reply.status() {
            let text = clipped(&reply.text());
            return Err(format!(
                "the status is {}, native's is {}; its body: {text:?}",
                reply.status(),
                native.status()
            ));
        }
        self.headers(&native.head.fields, &reply.head.fields)?;
        let (expected, body) = (self.timeless(&native.body), self.timeless(&reply.body));
        if expected == body {
            return Ok(());
        }
        let at = expected.iter().zip(&body).take_while(|(a, b)| a == b).count();
        let around = |bytes: &[u8]| {
            let from = at.saturating_sub(20);
            String::from_utf8_lossy(&bytes[from..bytes.len().min(at + 60)]).into_owned()
        };
        Err(format!(
            "the body differs from byte {at} on ({} bytes, native's {}): {:?}, native's: {:?}",
            body.len(),
            expected.len(),
            around(&body),
            around(&expected)
        ))
    }

    fn headers(&self, native: &[(String, Vec<u8>)], reply: &[(String, Vec<u8>)]) -> Result<(), String> {
        let (expected, got) = (self.kept(native), self.kept(reply));
        let names: std::collections::BTreeSet<_> = expected.keys().chain(got.keys()).collect();
        for name in names {
            let (expected, got) = (expected.get(name), got.get(name));
            let optional = self.optional.iter().any(|rule| rule.name == *name);
            if expected == got || optional && (expected.is_none() || got.is_none()) {
                continue;
            }
            let show = |values: Option<&Vec<String>>| values.map_or("absent".to_owned(), |v| format!("{v:?}"));
            return Err(format!("the header {name} is {}, native's is {}", show(got), show(expected)));
        }
        Ok(())
    }

    /// The fields that are compared, with their values in order. The lines of one field are one list (RFC 9110,
    /// section 5.3), but for `Set-Cookie`, which no recipient can take apart again.
    fn kept(&self, fields: &[(String, Vec<u8>)]) -> BTreeMap<String, Vec<String>> {
        let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in fields.iter().filter(|(name, _)| !self.header.iter().any(|rule| rule.name == *name)) {
            let value = self.timeless(value).escape_ascii().to_string();
            match kept.get_mut(name) {
                Some(values) if name == "set-cookie" => values.push(value),
                Some(values) => values[0] = format!("{}, {value}", values[0]),
                None => drop(kept.insert(name.clone(), vec![value])),
            }
        }
        kept
    }

    /// The bytes, with a star for what is of the moment.
    fn timeless(&self, bytes: &[u8]) -> Vec<u8> {
        self.moment.iter().fold(bytes.to_vec(), |bytes, moment| {
            let mut out = Vec::with_capacity(bytes.len());
            let mut rest = bytes.as_slice();
            while let Some(at) = find(rest, moment.after.as_bytes()) {
                let (kept, value) = rest.split_at(at + moment.after.len());
                out.extend_from_slice(kept);
                out.push(b'*');
                rest = find(value, moment.before.as_bytes()).map_or(&[], |end| &value[end..]);
            }
            out.extend_from_slice(rest);
            out
        })
    }
}

/// Where `needle` begins in `bytes`.
fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conform::wire::{Framing, Head};

    fn reply(status: u16, fields: &[(&str, &str)], body: &str) -> Reply {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        Reply { head: Head { status, fields, framing: Framing::Close }, body: body.as_bytes().to_vec() }
    }

    fn rules() -> Rules {
        Rules::parse(aw_conformance::replay::RULES).expect("the rules in the tree")
    }

    #[test]
    fn what_differs_is_found_and_what_may_differ_is_not() {
        let rules = rules();
        let json = ("content-type", "application/json");
        let one = reply(200, &[json, ("date", "now"), ("vary", "a"), ("vary", "b")], r#"{"timestamp":"1","x":1}"#);
        let same = reply(200, &[("vary", "a, b"), json, ("content-length", "9")], r#"{"timestamp":"22","x":1}"#);
        assert_eq!(rules.compare(&one, &same), Ok(()));
        for other in [
            reply(201, &[json, ("vary", "a, b")], r#"{"timestamp":"1","x":1}"#),
            reply(200, &[json, ("vary", "a")], r#"{"timestamp":"1","x":1}"#),
            reply(200, &[json, ("vary", "a, b"), ("x-more", "1")], r#"{"timestamp":"1","x":1}"#),
            reply(200, &[json, ("vary", "a, b")], r#"{"timestamp":"1","x":2}"#),
            reply(200, &[json, ("vary", "a, b")], r#"{"timestamp":"1""#),
        ] {
            assert!(rules.compare(&one, &other).is_err(), "{other:?}");
        }
        let html = |value: &str| format!("<input name=\"csrf\" value=\"{value}\">");
        let form = |value: &str| reply(200, &[("set-cookie", &format!("aw_csrf={value}; Path=/"))], &html(value));
        assert_eq!(rules.compare(&form("abc"), &form("defg")), Ok(()));
        let two = reply(200, &[("set-cookie", "a=1"), ("set-cookie", "b=2")], "");
        assert!(rules.compare(&two, &reply(200, &[("set-cookie", "a=1, b=2")], "")).is_err());
    }
}
