//! The description, read back.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::press::Press;

/// One route with one method.
pub(crate) struct Operation {
    pub(crate) id: String,
    /// In capitals.
    pub(crate) method: String,
    /// With `{parameters}`.
    pub(crate) path: String,
    pub(crate) access: Access,
    /// Whether OpenAPI's `security` lets the operator in.
    pub(crate) operator: bool,
    /// Whether the edge answers it, and no origin.
    pub(crate) at_edge: bool,
    /// As the document has it.
    pub(crate) json: Value,
}

/// Who may: `x-aw-access`.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    Everybody,
    Accounts,
    Roles { roles: Vec<String>, own: Vec<String> },
    Collaborators { least: String, roles: Vec<String> },
    Operator,
}

/// A book's roles, the lowest first.
pub(crate) const RIGHTS: [&str; 5] = ["viewer", "commenter", "author", "editor", "owner"];

impl Access {
    fn read(json: &Value) -> Self {
        let list = |name: &str| -> Vec<String> {
            json[name].as_array().into_iter().flatten().map(|v| v.as_str().expect("a role").to_owned()).collect()
        };
        match json["for"].as_str().unwrap_or_else(|| panic!("no access in {json}")) {
            "everybody" => Self::Everybody,
            "accounts" => Self::Accounts,
            "roles" => Self::Roles { roles: list("roles"), own: list("own") },
            "collaborators" => {
                let least = json["least"].as_str().expect("a role").to_owned();
                assert!(RIGHTS.contains(&least.as_str()), "{least}");
                Self::Collaborators { least, roles: list("roles") }
            }
            "operator" => Self::Operator,
            other => panic!("nobody is {other}"),
        }
    }
}

impl Operation {
    /// Whether a status is described.
    pub(crate) fn describes(&self, status: u16) -> bool {
        self.json["responses"].get(status.to_string()).is_some()
    }

    /// Parameters in `path`, `query` or `header`.
    pub(crate) fn parameters(&self, place: &str) -> impl Iterator<Item = &Value> {
        let all = self.json["parameters"].as_array().into_iter().flatten();
        all.filter(move |parameter| parameter["in"] == place)
    }

    /// Whether it changes nothing.
    pub(crate) fn reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    /// What it is called in a message.
    pub(crate) fn name(&self) -> String {
        format!("{} {} ({})", self.method, self.path, self.id)
    }
}

/// Every operation of the document that is served, and the document.
pub(crate) fn operations(press: &Press<'_>) -> (Vec<Operation>, Value) {
    let document = press.stranger("GET", "/v1/openapi.json", &[], b"").expect(200).json();
    let whole = aw_openapi::document("", &aw_origin::operations());
    let origins: BTreeSet<&str> =
        listed(&whole).map(|(_, _, json)| json["operationId"].as_str().expect("an id")).collect();
    let all: Vec<_> = listed(&document)
        .map(|(path, method, json)| {
            let id = json["operationId"].as_str().expect("an id").to_owned();
            Operation {
                method: method.to_uppercase(),
                path: path.to_owned(),
                access: Access::read(&json["x-aw-access"]),
                operator: json["security"].as_array().into_iter().flatten().any(|s| s.get("operator").is_some()),
                at_edge: !origins.contains(id.as_str()),
                json: json.clone(),
                id,
            }
        })
        .collect();
    let served: BTreeSet<&str> = all.iter().map(|op| op.id.as_str()).collect();
    assert_eq!(served.len(), all.len(), "an id is there twice");
    let missing: Vec<_> = origins.difference(&served).collect();
    assert!(missing.is_empty(), "docs/openapi.json is old (authorworks gen): {missing:?}");
    (all, document)
}

fn listed(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods");
        methods.iter().map(move |(method, json)| (path.as_str(), method.as_str(), json))
    })
}
