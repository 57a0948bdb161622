//! The edges that this origin pushes to, from the setting `edges`.

use std::{collections::HashMap, sync::Mutex};

use aw_model::names::EDGES;
use aw_platform::{Backend, Error, Platform, Result};

/// An edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Its name.
    pub name: &'static str,
    /// The backend `edge-NAME`.
    pub backend: Backend,
    /// The authority that its requests are signed for.
    pub authority: &'static str,
}

/// The edges of the setting: `name=authority`, separated by commas. None where it has no value.
///
/// # Errors
/// The setting has a part that is not `name=authority`.
pub async fn configured<P: Platform>(p: &P) -> Result<Vec<Edge>> {
    parse(p.config(EDGES).await?.as_deref().unwrap_or_default())
}

fn parse(setting: &str) -> Result<Vec<Edge>> {
    let mut edges: Vec<Edge> = Vec::new();
    for part in setting.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let edge = part.split_once('=').filter(|(name, authority)| {
            aw_model::slug::is_slug(name)
                && name.len() <= 40
                && !authority.is_empty()
                && authority.bytes().all(|b| b.is_ascii_graphic())
        });
        let Some((name, authority)) = edge else {
            return Err(Error::internal(format!("the setting {EDGES} has the part {part:?}; write name=authority")));
        };
        if edges.iter().any(|e| e.name == name) {
            return Err(Error::internal(format!("the setting {EDGES} names {name} twice")));
        }
        let backend = Backend(interned(&format!("edge-{name}")));
        edges.push(Edge { name: interned(name), backend, authority: interned(authority) });
    }
    Ok(edges)
}

/// The text for as long as the process lives. Settings have few values, so that what is kept is little.
fn interned(text: &str) -> &'static str {
    static KEPT: Mutex<Option<HashMap<String, &'static str>>> = Mutex::new(None);
    let mut kept = KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    if let Some(there) = kept.get(text) {
        return there;
    }
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    kept.insert(text.to_owned(), text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_names_edges_and_their_authorities() {
        let edges = parse("eu=eu.example, us=127.0.0.1:4100").unwrap();
        assert_eq!(edges[1], Edge { name: "us", backend: Backend("edge-us"), authority: "127.0.0.1:4100" });
        assert!(std::ptr::eq(parse("eu=eu.example").unwrap()[0].name, edges[0].name), "interned once");
        assert_eq!(parse("").unwrap(), []);
        for wrong in ["eu", "eu=", "=x", "Eu=x", "eu=x,eu=y"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
