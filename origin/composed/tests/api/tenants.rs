//! Two presses at one origin: whoever has a token of one is at the other a stranger, and ids of the other mean nothing.

use std::collections::BTreeSet;

use aw_origin_harness::Answer;
use serde_json::Value;

use crate::{
    document::{self, Access, Operation},
    press::{Person, Place, Press},
    request,
    roles::SPENDS,
    subject,
    things::Things,
    turn,
};

/// Operations whose body names something that is theirs.
const NAMES: [&str; 5] = ["createCheckout", "createComp", "grantCredits", "redeemGift", "spendCredits"];
/// Operations whose body proves who one is, so that the answer is to them.
const PROVES: [&str; 4] = ["confirmEmail", "login", "refresh", "verifyEmail"];
/// Operations that may be done about a name of theirs, and why that touches nothing of theirs.
const HARMLESS: [(&str, &str); 4] = [
    ("getPayoutRule", "the tier gold is at both presses"),
    ("putPayoutRule", "the tier gold is at both presses"),
    ("putTier", "makes a tier of ours by a name that is theirs too"),
    ("unfollow", "follows nobody of that name, as before"),
];

/// The first segment of paths that belong to no press: nobody's token is looked at there.
const NOBODYS: [&str; 2] = ["health", "ready"];

/// What every table of a press holds, in a digest, and every object of its.
fn look_at(press: &Press<'_>) -> Vec<String> {
    // Guesses at passwords are counted, whoever guesses.
    let digests = "SELECT table_name || ' ' || md5(query_to_xml(format('SELECT * FROM %I t ORDER BY t::text', \
        table_name), true, true, '')::text) FROM information_schema.tables \
        WHERE table_schema = 'public' AND table_name <> 'login_attempts' ORDER BY 1";
    let mut all = press.world.sql(&press.tenant, digests);
    all.extend(["f", "u", "o"].iter().flat_map(|kind| press.world.keys(&format!("{kind}/{}/", press.tenant))));
    all
}

/// The same, once what was asked for is done: nothing changes any more.
fn all_of(press: &Press<'_>) -> Vec<String> {
    let mut last = look_at(press);
    loop {
        let now = look_at(press);
        if now == last {
            return now;
        }
        last = now;
    }
}

/// What an answer says, without what is another each time.
fn said(answer: &Answer) -> (u16, Value, Vec<u8>) {
    let mut json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if !json.is_object() {
        return (answer.status, Value::Null, answer.body.clone());
    }
    for path in ["/meta", "/error/requestId", "/data/expiresIn"] {
        if let Some(value) = json.pointer_mut(path) {
            *value = Value::Null;
        }
    }
    (answer.status, json, Vec::new())
}

/// Whether any byte of the answer is the press's own.
fn tells(press: &Press<'_>, answer: &Answer) -> bool {
    let marker = press.marker.as_bytes();
    let head = answer.headers.values().any(|value| contains(value.as_bytes(), marker));
    head || contains(&answer.body, marker)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Two presses, and what is wrong between them.
struct Border<'p, 'w> {
    ours: &'p Press<'w>,
    theirs: &'p Press<'w>,
    /// An owner of ours.
    owner: Person,
    document: &'p Value,
    /// What theirs was when it was looked at last.
    before: Vec<String>,
    wrong: Vec<String>,
    called: BTreeSet<String>,
}

impl Border<'_, '_> {
    /// Their things, as somebody of theirs has them.
    fn things(&self, operation: &Operation) -> Things {
        subject::of(self.theirs, operation, Some(&self.theirs.person("maker", "author")))
    }

    /// At their host with our owner's token, and at ours about what is theirs. Nothing of theirs may be told, and
    /// nothing be done to it.
    fn cross(&mut self, operation: &Operation, things: &Things) {
        let id = operation.id.as_str();
        let spends = SPENDS.contains(&id);
        let owner = if spends { self.ours.somebody("owner") } else { self.owner.clone() };
        let there = request::of(self.ours, self.document, operation, things, Some(&owner));
        let (method, fields) = (operation.method.as_str(), there.fields());
        let (line, body) = ((method, there.target.as_str()), there.body.as_slice());
        let cookie = format!("aw_access={}", owner.token);
        let mut with_cookie = vec![("cookie", cookie.as_str())];
        with_cookie.extend(&fields);
        let asked = [
            ("abroad", self.theirs.ask(Some(&owner.token), line, &fields, body)),
            ("abroad by cookie", self.theirs.ask(None, line, &with_cookie, body)),
            ("at home", self.ours.ask(Some(&owner.token), line, &fields, body)),
            ("behind the edge", self.ours.behind_the_edge(&owner, "owner", line, &fields, body)),
        ];
        let changed = self.changed();
        self.called.insert(id.to_owned());
        let about_theirs = operation.path.contains('{') || NAMES.contains(&id);
        for (place, answer) in &asked {
            if tells(self.theirs, answer) {
                self.fault(operation, place, answer, "tells what is theirs");
            }
            let strange = place.starts_with("abroad") || about_theirs;
            if strange && answer.status < 400 && !HARMLESS.iter().any(|(harmless, _)| *harmless == id) {
                self.fault(operation, place, answer, "is done");
            }
            if answer.status >= 500 || (!operation.describes(answer.status) && answer.status != 404) {
                self.fault(operation, place, answer, "is not described");
            }
        }
        if !changed.is_empty() {
            self.wrong.push(format!("{}: changes their {}", operation.name(), changed.join(", ")));
        }
    }

    /// What of theirs is not as it was when this was asked last.
    fn changed(&mut self) -> Vec<String> {
        let now = look_at(self.theirs);
        let changed = now.iter().filter(|line| !self.before.contains(line)).cloned().collect();
        self.before = now;
        changed
    }

    /// What is public there is to our owner what it is to a stranger: a browser's cookie is none there, and a
    /// program's token is refused.
    fn public(&mut self, operation: &Operation) {
        let cookie = format!("aw_access={}", self.owner.token);
        let kept = operation.reads().then(|| self.things(operation));
        let ask = |token: Option<&str>, cookie: Option<&str>| {
            let things = kept.clone().unwrap_or_else(|| self.things(operation));
            let request = request::of(self.theirs, self.document, operation, &things, None);
            let mut fields = request.fields();
            fields.extend(cookie.map(|cookie| ("cookie", cookie)));
            let echo = contains(&request.body, self.theirs.marker.as_bytes());
            (self.theirs.ask(token, (&operation.method, &request.target), &fields, &request.body), echo)
        };
        let (stranger, _) = ask(None, None);
        let (browser, echo) = ask(None, Some(&cookie));
        let (program, _) = ask(Some(&self.owner.token), None);
        self.called.insert(operation.id.clone());
        if tells(self.theirs, &browser) && !echo && !PROVES.contains(&operation.id.as_str()) {
            self.fault(operation, "by cookie", &browser, "tells what is theirs");
        }
        let nobodys = NOBODYS.contains(&operation.path.split('/').nth(1).unwrap_or_default());
        if (program.status != 401 && !nobodys) || tells(self.theirs, &program) {
            self.fault(operation, "by token", &program, "is not refused");
        }
        // Of what is made anew each time only the status can be compared; and a browser's write that cannot prove
        // where it comes from may be refused.
        let same = if operation.reads() {
            said(&stranger) == said(&browser)
        } else {
            stranger.status == browser.status || browser.status == 401
        };
        if !same {
            self.fault(operation, "by cookie", &browser, &format!("is not what a stranger gets, {}", stranger.status));
        }
    }

    fn fault(&mut self, operation: &Operation, place: &str, answer: &Answer, what: &str) {
        let body = String::from_utf8_lossy(&answer.body).chars().take(200).collect::<String>();
        self.wrong.push(format!("{} {place}: {} {what}: {body}", operation.name(), answer.status));
    }
}

#[test]
fn no_press_sees_or_touches_another() {
    let _turn = turn();
    let place = Place::new();
    let (ours, theirs) = (place.press("ours"), place.press("theirs"));
    let (operations, document) = document::operations(&ours);
    let owner = ours.person("owner", "owner");
    // Ours has the same kinds of things.
    let mut kinds = BTreeSet::new();
    let named = operations.iter().filter(|operation| operation.path.contains('{'));
    for operation in named.filter(|operation| kinds.insert(operation.path.split('/').nth(2))) {
        subject::of(&ours, operation, Some(&ours.person("maker", "author")));
    }
    let (public, closed): (Vec<_>, Vec<_>) =
        operations.iter().partition(|operation| matches!(operation.access, Access::Everybody));
    let mut border = Border {
        ours: &ours,
        theirs: &theirs,
        owner,
        document: &document,
        before: Vec::new(),
        wrong: Vec::new(),
        called: BTreeSet::new(),
    };
    let things: Vec<_> = closed.iter().map(|operation| border.things(operation)).collect();
    border.before = all_of(&theirs);
    for (operation, things) in closed.iter().zip(&things) {
        border.cross(operation, things);
    }
    for operation in public {
        border.public(operation);
    }
    // What is looked for is there to be found.
    let own = theirs.json(&theirs.person("maker", "author"), "GET", "/v1/drafts", &Value::Null).expect(200);
    assert!(tells(&theirs, &own), "nothing of theirs is marked");
    // A token that had ended meanwhile would prove nothing.
    let _ = ours.json(&border.owner, "GET", "/v1/account", &Value::Null).expect(200);
    assert_eq!(border.called.len(), operations.len(), "a route was not called");
    assert!(border.wrong.is_empty(), "{} faults:\n{}", border.wrong.len(), border.wrong.join("\n"));
}
