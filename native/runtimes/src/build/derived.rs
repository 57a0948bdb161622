//! What is made of a module, beside it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{Result, cache::at};

/// The file beside `NAME.wasm` with that extension, made by `make` at the path that it is given, unless it is newer
/// than the module.
///
/// # Errors
/// `make`'s own; the file cannot be written.
pub(super) fn beside(module: &Path, extension: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let derived = module.with_extension(extension);
    let modified = |path: &Path| path.metadata().and_then(|m| m.modified()).map_err(at(path));
    if modified(&derived).is_ok_and(|made| modified(module).is_ok_and(|built| made > built)) {
        return Ok(derived);
    }
    // Renamed when whole: a host that is being started never reads half a file.
    let partial = derived.with_extension(format!("partial-{}", std::process::id()));
    make(&partial)?;
    fs::rename(&partial, &derived).map_err(at(&derived))?;
    Ok(derived)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn it_is_made_once_for_each_module_and_not_kept_half() {
        let dir = std::env::temp_dir().join(format!("aw-derived-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let module = dir.join("m.wasm");
        fs::write(&module, "1").unwrap();
        let before = SystemTime::now() - Duration::from_secs(60);
        fs::File::options().write(true).open(&module).unwrap().set_modified(before).unwrap();
        let write = |path: &Path| fs::write(path, "made").map_err(at(path));
        assert!(beside(&module, "x.wasm", |_| Err(crate::Error("no".into()))).is_err());
        assert!(!dir.join("m.x.wasm").exists());
        let made = beside(&module, "x.wasm", write).unwrap();
        assert_eq!(made, dir.join("m.x.wasm"));
        assert_eq!(beside(&module, "x.wasm", |_| unreachable!("it is newer")).unwrap(), made);
        fs::remove_dir_all(&dir).unwrap();
    }
}
