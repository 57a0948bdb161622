//! Each thing is built once per process: what runs is what was built when the process began, whatever is edited
//! meanwhile, and a server that is started again does not wait for Cargo.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use crate::Result;

type Key = (String, Vec<String>);
type Slot = Arc<Mutex<Option<Vec<PathBuf>>>>;

static BUILT: Mutex<Option<HashMap<Key, Slot>>> = Mutex::new(None);

/// The files that `build` gave for `what` the first time that it succeeded. Who asks meanwhile waits.
///
/// # Errors
/// `build`'s own; the next to ask tries again.
pub(super) fn once(what: (&str, &[&str]), build: impl FnOnce() -> Result<Vec<PathBuf>>) -> Result<Vec<PathBuf>> {
    let key = (what.0.to_owned(), what.1.iter().map(|&package| package.to_owned()).collect());
    let slot = {
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        built.get_or_insert_default().entry(key).or_default().clone()
    };
    let mut files = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(files) = &*files {
        return Ok(files.clone());
    }
    Ok(files.insert(build()?).clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_failure_is_tried_again_and_a_success_is_kept() {
        let what = ("memo-test", &["a"][..]);
        assert!(once(what, || Err(Error("no".into()))).is_err());
        assert_eq!(once(what, || Ok(vec!["x".into()])).unwrap(), [PathBuf::from("x")]);
        assert_eq!(once(what, || Err(Error("never".into()))).unwrap(), [PathBuf::from("x")]);
    }
}
