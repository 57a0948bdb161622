//! The signature base: the text that is signed (RFC 9421, section 2.5).

use http::request::Parts;

use super::{SignatureError, input::Input};

/// The base of a request for `authority`; `params` is the input as it is serialised.
pub(super) fn build(
    request: &Parts,
    authority: &str,
    input: &Input<'_>,
    params: &str,
) -> Result<String, SignatureError> {
    let mut base = String::with_capacity(1024);
    for component in input.components() {
        // Names are lower-case tokens or derived names, with nothing to escape.
        base.push('"');
        base.push_str(component);
        base.push_str("\": ");
        value(request, authority, component, &mut base)?;
        base.push('\n');
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(params);
    Ok(base)
}

/// Appends the value of a component (sections 2.1 and 2.2).
fn value(request: &Parts, authority: &str, component: &str, base: &mut String) -> Result<(), SignatureError> {
    match component {
        "@method" => base.push_str(request.method.as_str()),
        "@authority" => base.extend(authority.chars().map(|c| c.to_ascii_lowercase())),
        "@path" => base.push_str(match request.uri.path() {
            "" => "/",
            path => path,
        }),
        "@query" => {
            base.push('?');
            base.push_str(request.uri.query().unwrap_or_default());
        }
        name => {
            let mut values = request.headers.get_all(name).iter().peekable();
            if values.peek().is_none() {
                return Err(SignatureError::Uncovered);
            }
            while let Some(value) = values.next() {
                base.push_str(value.to_str().map_err(|_| SignatureError::Malformed)?.trim_matches([' ', '\t']));
                if values.peek().is_some() {
                    base.push_str(", ");
                }
            }
        }
    }
    Ok(())
}
