//! A word now and then while the origin reads.

use std::{
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

use http::Method;
use serde_json::Value;

use crate::operator::Operator;

/// How often the origin is asked how far it is, and how long nothing is said where nothing changes.
const TICK: Duration = Duration::from_secs(1);
const SILENCE: Duration = Duration::from_secs(5);

/// Says on stderr how far the origin is with an import, until it is dropped.
pub(super) struct Waiting(#[expect(dead_code, reason = "the other side sees it go")] Sender<()>);

impl Waiting {
    /// Starts with a first word. `path` is where the origin says how far it is.
    pub(super) fn start(what: String, operator: Operator, tenant: &str, path: String) -> Self {
        let (stop, stopped) = channel();
        let (begun, tenant) = (Instant::now(), tenant.to_owned());
        eprintln!("import: {what}");
        let work = move || {
            let (mut last, mut said) = (String::new(), Instant::now());
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                // What cannot be asked now is asked again; the import itself says what is wrong.
                let far = operator.json(Method::GET, &path, Some(&tenant), &Value::Null).ok().and_then(|i| far(&i));
                let far = far.unwrap_or_default();
                if far != last || said.elapsed() >= SILENCE {
                    let gap = if far.is_empty() { "" } else { ": " };
                    eprintln!("import: {what}{gap}{far} ({} s)", begun.elapsed().as_secs());
                    (last, said) = (far, Instant::now());
                }
            }
        };
        // Without a thread there are no words, and nothing else is missing.
        let _ = std::thread::Builder::new().spawn(work);
        Self(stop)
    }
}

/// How far an import is, in words; `None` where it is over.
fn far(import: &Value) -> Option<String> {
    let stage = import["stage"].as_str().filter(|_| import["state"] == "running")?;
    Some(match (stage, import["done"].as_u64(), import["total"].as_u64()) {
        ("pictures", Some(done), Some(total)) => format!("{done} of {total} pictures"),
        ("writing", _, Some(total)) => format!("writing {total} chapters"),
        (stage, ..) => stage.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::far;

    #[test]
    fn words_are_those_of_the_origin() {
        let import = |stage: &str, state: &str| json!({ "state": state, "stage": stage, "done": 16, "total": 61 });
        assert_eq!(far(&import("pictures", "running")).as_deref(), Some("16 of 61 pictures"));
        assert_eq!(far(&import("writing", "running")).as_deref(), Some("writing 61 chapters"));
        assert_eq!(far(&import("writing", "done")), None);
    }
}
