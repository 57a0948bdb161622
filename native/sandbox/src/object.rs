//! Objects as the API shows them. Fields that begin with `_` are ours, and not shown.

use serde_json::{Map, Value};

/// An id: what it is of, and 24 random digits.
pub(crate) fn id(prefix: &str) -> String {
    let mut random = [0; 12];
    // Without randomness there is nothing that this could go on with.
    getrandom::fill(&mut random).unwrap_or_else(|e| panic!("the system has no randomness: {e}"));
    random.iter().fold(format!("{prefix}_"), |id, b| format!("{id}{b:02x}"))
}

/// A text of an object; empty where it has none.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}

/// A number of an object; 0 where it has none.
pub(crate) fn number(object: &Value, name: &str) -> i64 {
    object[name].as_i64().unwrap_or_default()
}

/// What is shown of an object.
pub(crate) fn shown(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .filter(|(name, _)| !name.starts_with('_'))
                .map(|(n, v)| (n.clone(), shown(v)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => items.iter().map(shown).collect(),
        other => other.clone(),
    }
}
