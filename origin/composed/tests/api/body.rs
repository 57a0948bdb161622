//! The smallest value that a schema takes.

use serde_json::{Map, Value, json};

/// A value of `schema`: what must be there and no more. Text with a pattern is for who calls to put in.
pub(crate) fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(target) = schema["$ref"].as_str() {
        return sample(document, document.pointer(target.trim_start_matches('#')).expect("a schema"));
    }
    for alternatives in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = schema[alternatives].get(0) {
            return sample(document, first);
        }
    }
    if let Some(value) = schema.get("const").or_else(|| schema["enum"].get(0)) {
        return value.clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match kind {
        "string" => {
            let least = schema["minLength"].as_u64().unwrap_or(1);
            json!("x".repeat(usize::try_from(least).expect("a length")))
        }
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "array" => {
            let least = usize::try_from(schema["minItems"].as_u64().unwrap_or(0)).expect("a length");
            Value::from(vec![sample(document, &schema["items"]); least])
        }
        _ => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let one = |name: &str| (name.to_owned(), sample(document, &schema["properties"][name]));
            Value::Object(required.map(one).collect::<Map<_, _>>())
        }
    }
}

/// `over` on top of `value`, field by field.
pub(crate) fn merge(value: &mut Value, over: Value) {
    match (value, over) {
        (Value::Object(fields), Value::Object(over)) => {
            for (name, field) in over {
                merge(fields.entry(name).or_insert(Value::Null), field);
            }
        }
        (value, over) => *value = over,
    }
}
