//! Every route as everybody: who is below what the description says is refused, who is not never is.

use std::collections::{BTreeMap, BTreeSet};

use aw_origin_harness::{Answer, Who};
use serde_json::Value;

use crate::{
    document::{self, Access, Operation, RIGHTS},
    exceptions::{self, Found},
    press::{Person, Place, Press},
    request, subject,
    things::Things,
    turn,
};

/// Roles of the press, the lowest first.
const ROLES: [&str; 5] = ["reader", "author", "editor", "admin", "owner"];
/// Operations that take something from who asks that the next request of theirs needs.
pub(crate) const SPENDS: [&str; 8] = [
    "deleteAccount",
    "changeEmail",
    "changePassword",
    "endSession",
    "endSessions",
    "logout",
    "exportAccount",
    "beginTotp",
];

/// Somebody who asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Caller {
    Stranger,
    /// With this role of the press.
    Role(&'static str),
    /// An author whose things these are not.
    OtherAuthor,
    /// A reader of the press who works on the book as this.
    Works(&'static str),
    Operator,
}

/// What the description says is to happen.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    In,
    Refused(u16),
}

impl Caller {
    /// Everybody who is different to this operation.
    fn all(operation: &Operation) -> Vec<Self> {
        let mut all = vec![Self::Stranger];
        all.extend(ROLES.map(Self::Role));
        match &operation.access {
            Access::Collaborators { .. } => all.extend(RIGHTS.map(Self::Works)),
            Access::Roles { own, .. } if !own.is_empty() => all.push(Self::OtherAuthor),
            _ => {}
        }
        if !operation.at_edge {
            all.push(Self::Operator);
        }
        all
    }

    fn verdict(&self, operation: &Operation) -> Verdict {
        let has = |roles: &[String], role: &str| roles.iter().any(|r| r == role);
        let role = match self {
            Self::Stranger => "",
            Self::Role(role) => role,
            Self::OtherAuthor => "author",
            Self::Works(_) => "reader",
            Self::Operator if operation.operator || matches!(operation.access, Access::Everybody) => {
                return Verdict::In;
            }
            Self::Operator => return Verdict::Refused(403),
        };
        match (&operation.access, self) {
            (Access::Everybody, _) => Verdict::In,
            // At the door of a press nobody is the operator.
            (Access::Operator, _) if operation.path.starts_with("/_aw/") => Verdict::Refused(404),
            (Access::Operator, _) => Verdict::Refused(403),
            (_, Self::Stranger) => Verdict::Refused(401),
            (Access::Accounts, _) => Verdict::In,
            (Access::Roles { roles, .. }, _) if has(roles, role) => Verdict::In,
            (Access::Roles { own, .. }, Self::OtherAuthor) if has(own, role) => Verdict::Refused(404),
            (Access::Roles { own, .. }, _) if has(own, role) => Verdict::In,
            (Access::Roles { .. }, _) => Verdict::Refused(403),
            (Access::Collaborators { roles, .. }, _) if has(roles, role) => Verdict::In,
            (Access::Collaborators { least, .. }, Self::Works(as_what)) => {
                let place = |role: &str| RIGHTS.iter().position(|r| *r == role);
                if place(as_what) >= place(least) { Verdict::In } else { Verdict::Refused(403) }
            }
            (Access::Collaborators { .. }, _) => Verdict::Refused(404),
        }
    }

    /// The account, where there is one.
    fn person(&self, press: &Press<'_>, operation: &Operation) -> Option<Person> {
        match self {
            Self::Stranger | Self::Operator => None,
            Self::Role(role) if operation.id == "mailVerification" => Some(press.unproved(role)),
            Self::Role(role) if SPENDS.contains(&operation.id.as_str()) => Some(press.somebody(role)),
            Self::Role(role) => Some(press.person(role, role)),
            Self::OtherAuthor => Some(press.person("other-author", "author")),
            Self::Works(role) => subject::book_people(press).find(|(name, _)| name == role).map(|(_, person)| person),
        }
    }
}

/// Things that were made and are still whole.
#[derive(Default)]
struct Shelf(BTreeMap<(String, Option<String>), Things>);

impl Shelf {
    /// What belongs to a caller is a caller's own; the rest is made for the first and kept for the others.
    fn key(operation: &Operation, caller: Option<&Person>) -> (String, Option<String>) {
        let own = matches!(operation.access, Access::Accounts) || operation.path.contains("/v1/auth/");
        (operation.id.clone(), caller.filter(|_| own).map(|person| person.id.clone()))
    }
}

fn ask(
    press: &Press<'_>,
    operation: &Operation,
    caller: &Caller,
    person: Option<&Person>,
    document: &Value,
    things: &Things,
) -> Answer {
    let request = request::of(press, document, operation, things, person);
    let (method, fields) = (operation.method.as_str(), request.fields());
    if *caller == Caller::Operator {
        return press.world.ask(&Who::operator(&press.tenant), method, &request.target, &fields, &request.body);
    }
    press.ask(person.map(|person| person.token.as_str()), (method, &request.target), &fields, &request.body)
}

#[test]
fn the_description_says_whom_each_route_lets_in() {
    let _turn = turn();
    let place = Place::new();
    let press = place.press("roles");
    let (operations, document) = document::operations(&press);
    let (mut shelf, mut wrong, mut called) = (Shelf::default(), Vec::new(), BTreeSet::new());
    let mut found = Found::default();
    for operation in &operations {
        let mut reached = false;
        let mut statuses = Vec::new();
        for caller in Caller::all(operation) {
            let person = caller.person(&press, operation);
            let key = Shelf::key(operation, person.as_ref());
            let things =
                shelf.0.entry(key.clone()).or_insert_with(|| subject::of(&press, operation, person.as_ref())).clone();
            let answer = ask(&press, operation, &caller, person.as_ref(), &document, &things);
            called.insert(operation.id.clone());
            statuses.push(format!("{caller:?} {}", answer.status));
            let done = answer.status < 400;
            if done && !operation.reads() {
                shelf.0.remove(&key);
            }
            reached |= done;
            let code = if operation.method == "HEAD" { String::new() } else { code(&answer) };
            let as_said = match caller.verdict(operation) {
                Verdict::In => answer.status != 401 && answer.status != 403,
                Verdict::Refused(status) => answer.status == status,
            };
            let described = operation.describes(answer.status) || operation.path.starts_with("/_aw/");
            if !as_said && !found.excused(&operation.id, answer.status, &code) {
                wrong.push(format!(
                    "{} as {caller:?}: {} {code}, and {:?} is described",
                    operation.name(),
                    answer.status,
                    caller.verdict(operation)
                ));
            }
            if !described || answer.status >= 500 {
                wrong.push(format!("{} as {caller:?}: {} {code} is not described", operation.name(), answer.status));
            }
        }
        if !reached && !found.unreached(&operation.id) {
            wrong.push(format!("{} is done for nobody: {}", operation.name(), statuses.join(", ")));
        }
        wrong.extend(behind_the_edge(&press, operation));
    }
    assert_eq!(called.len(), operations.len(), "a route was not called");
    wrong.extend(found.stale());
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
    assert!(exceptions::ALL.len() + exceptions::UNREACHED.len() < 40, "exceptions become the rule");
}

/// What only the operator does is refused by the origin itself, whoever an edge says is asking.
fn behind_the_edge(press: &Press<'_>, operation: &Operation) -> Option<String> {
    if !matches!(operation.access, Access::Operator) {
        return None;
    }
    let owner = Who::stranger(&press.tenant, [192, 0, 2, 7].into()).user(&press.person("owner", "owner").id, "owner");
    let target = operation.path.replace("{id}", &press.tenant);
    let status = press.world.ask(&owner, &operation.method, &target, &[], b"").status;
    (status != 403).then(|| format!("{} by an edge for an owner: {status}", operation.name()))
}

/// An error's code; empty for what is none.
fn code(answer: &Answer) -> String {
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    json["error"]["code"].as_str().unwrap_or_default().to_owned()
}
