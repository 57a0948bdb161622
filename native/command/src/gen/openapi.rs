//! `docs/openapi.json` and the page made of it, from the operations that the services list.

mod edge;
mod page;

use aw_openapi::document;
use serde_json::Value;

/// The document and the page.
///
/// # Errors
/// In words: two operations have one id.
pub(super) fn render() -> Result<[(&'static str, String); 2], String> {
    let mut operations = edge::operations();
    operations.extend(aw_origin::operations());
    let document = document(env!("CARGO_PKG_VERSION"), &operations);
    check(&document)?;
    let json = lines(&document, 2);
    let page = page::render(&document);
    Ok([("docs/openapi.json", json + "\n"), ("docs/api.html", page + "\n")])
}

/// JSON with a line for each entry down to `depth`: small enough to be carried by a component, and still to be compared
/// line by line.
fn lines(value: &Value, depth: u32) -> String {
    match value.as_object() {
        Some(entries) if depth > 0 => {
            let entry = |(name, value): (&String, &Value)| {
                format!("{}:{}", Value::from(name.as_str()), lines(value, depth - 1))
            };
            format!("{{\n{}\n}}", entries.iter().map(entry).collect::<Vec<_>>().join(",\n"))
        }
        _ => value.to_string(),
    }
}

/// Refuses a document that has an operation's id twice.
fn check(document: &Value) -> Result<(), String> {
    let mut ids: Vec<&str> = page::operations(document).filter_map(|(_, _, op)| op["operationId"].as_str()).collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("the API's description has two operations called {}", pair[0])),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_says_what_it_is_and_answers() {
        let [(_, json), (_, page)] = render().expect("a document");
        let document: Value = serde_json::from_str(&json).expect("JSON");
        let mut count = 0;
        for (path, method, operation) in page::operations(&document) {
            count += 1;
            let what = format!("{method} {path}");
            for field in ["operationId", "summary"] {
                assert!(operation[field].as_str().is_some_and(|text| !text.is_empty()), "{what}: {field}");
            }
            assert!(
                operation["responses"].as_object().is_some_and(|all| all.keys().any(|s| s.as_str() < "4")),
                "{what}"
            );
            let named = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            for name in named {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let there = parameters.filter(|p| p["in"] == "path" && p["name"] == name).count();
                assert_eq!(there, 1, "{what}: {{{name}}}");
            }
        }
        assert!(count > 50, "{count} operations");
        assert!(page.contains("/v1/books"));
    }
}
