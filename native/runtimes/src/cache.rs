//! The folder outside the checkout where everything that takes long to make is kept: tools, sysroots, logs.
//!
//! An entry is a folder named by what it holds and its version. It is made beside its place and renamed into it when
//! it is complete, under a lock, so that two processes neither make the same thing twice nor see half of it.

use std::{
    env, fs,
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use crate::{Error, Result};

/// The cache: `$AUTHORWORKS_CACHE`, else `$XDG_CACHE_HOME/authorworks`, else `~/.cache/authorworks`.
///
/// # Errors
/// None of the three variables (`HOME` for the last) is set to an absolute path, or the folder cannot be made.
pub fn root() -> Result<PathBuf> {
    let from = |name: &str, below: &str| {
        env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute()).map(|p| p.join(below))
    };
    let dir = from("AUTHORWORKS_CACHE", "")
        .or_else(|| from("XDG_CACHE_HOME", "authorworks"))
        .or_else(|| from("HOME", ".cache/authorworks"))
        .ok_or_else(|| Error("no cache folder: set AUTHORWORKS_CACHE to an absolute path".into()))?;
    make(&dir)?;
    Ok(dir)
}

/// The folder `name` of the cache (such as `tools`, `log`, `build`), made if it is not there.
///
/// # Errors
/// As [`root`].
pub fn folder(name: &str) -> Result<PathBuf> {
    let dir = root()?.join(name);
    make(&dir)?;
    Ok(dir)
}

/// The log file of the step called `name`.
///
/// # Errors
/// As [`root`].
pub fn log(name: &str) -> Result<PathBuf> {
    Ok(folder("log")?.join(format!("{name}.log")))
}

/// The root of the workspace: the nearest one above the current folder, else the one this program was built from.
pub fn checkout() -> PathBuf {
    let is_root = |dir: &Path| dir.join("Cargo.toml").is_file() && dir.join("native/runtimes/Cargo.toml").is_file();
    let here = env::current_dir().unwrap_or_default();
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("/"));
    here.ancestors().find(|dir| is_root(dir)).unwrap_or(built).to_path_buf()
}

/// Cargo's target folder for native builds: `$CARGO_TARGET_DIR`, else `target` in the checkout.
pub fn target_dir() -> PathBuf {
    let set = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"].iter().find_map(env::var_os);
    checkout().join(set.map_or_else(|| PathBuf::from("target"), PathBuf::from))
}

/// An exclusive lock that other processes (and other calls in this one) wait for. Freed when dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held for its Drop")] File);

/// Takes the lock called `name`, saying on stderr if it has to wait.
///
/// # Errors
/// The lock file cannot be made, or the file system has no locks.
pub fn lock(name: &str) -> Result<Lock> {
    lock_in(&root()?, name)
}

fn lock_in(root: &Path, name: &str) -> Result<Lock> {
    let folder = root.join("locks");
    make(&folder)?;
    let path = folder.join(format!("{name}.lock"));
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("setup: waiting for another process that is making {name}");
            file.lock().map_err(at(&path))?;
        }
        Err(TryLockError::Error(e)) => return Err(at(&path)(e)),
    }
    Ok(Lock(file))
}

/// The entry `name` of the cache's folder `group`: at once if `complete` says that it is there, else made by `make`,
/// which gets the folder to fill and the path that it will have in the end.
///
/// # Errors
/// `make` failed, or what it made is not complete. Nothing is left behind.
pub fn entry(
    group: &str,
    name: &str,
    complete: impl Fn(&Path) -> bool,
    make: impl FnOnce(&Path, &Path) -> Result<()>,
) -> Result<PathBuf> {
    entry_in(&root()?, group, name, complete, make)
}

fn entry_in(
    root: &Path,
    group: &str,
    name: &str,
    complete: impl Fn(&Path) -> bool,
    make: impl FnOnce(&Path, &Path) -> Result<()>,
) -> Result<PathBuf> {
    let place = root.join(group).join(name);
    if complete(&place) {
        return Ok(place);
    }
    let _lock = lock_in(root, name)?;
    if complete(&place) {
        return Ok(place);
    }
    let staging = root.join(group).join(format!(".{name}.partial"));
    clear(&staging)?;
    fs::create_dir_all(&staging).map_err(at(&staging))?;
    let made = make(&staging, &place).and_then(|()| {
        let whole = complete(&staging);
        if whole { Ok(()) } else { Err(Error(format!("{name} was made without an error but is not complete"))) }
    });
    if let Err(e) = made {
        clear(&staging)?;
        return Err(e);
    }
    clear(&place)?;
    fs::rename(&staging, &place).map_err(at(&place))?;
    Ok(place)
}

/// Puts the path that an input or output error is about before it.
pub fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
    move |e| Error(format!("{}: {e}", path.display()))
}

fn make(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).map_err(at(dir))
}

/// Removes a folder with all that is in it, where there is one.
///
/// # Errors
/// It cannot be removed.
pub fn clear(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(at(dir)(e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            Self(env::temp_dir().join(format!("aw-cache-{name}-{}", std::process::id())))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn complete(dir: &Path) -> bool {
        dir.join("tool").is_file()
    }

    #[test]
    fn an_entry_that_many_want_is_made_once() {
        let root = Folder::new("once");
        let made = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let dir = entry_in(&root.0, "tools", "a-1", complete, |dir, place| {
                        made.fetch_add(1, Ordering::SeqCst);
                        assert_eq!(place, root.0.join("tools/a-1"));
                        Ok(fs::write(dir.join("tool"), "x")?)
                    });
                    assert!(complete(&dir.unwrap()));
                });
            }
        });
        assert_eq!(made.load(Ordering::SeqCst), 1);
        assert!(!root.0.join("tools/.a-1.partial").exists());
    }

    #[test]
    fn a_failure_leaves_nothing_and_can_be_tried_again() {
        let root = Folder::new("failure");
        let failed = entry_in(&root.0, "tools", "a-1", complete, |dir, _| {
            fs::write(dir.join("tool"), "half")?;
            Err(Error("no network".into()))
        });
        assert_eq!(failed.unwrap_err().0, "no network");
        assert_eq!(fs::read_dir(root.0.join("tools")).unwrap().count(), 0);
        let incomplete = entry_in(&root.0, "tools", "a-1", complete, |_, _| Ok(()));
        assert!(incomplete.unwrap_err().0.contains("not complete"));
        entry_in(&root.0, "tools", "a-1", complete, |dir, _| Ok(fs::write(dir.join("tool"), "x")?)).unwrap();
    }

    #[test]
    fn what_is_left_of_an_interrupted_attempt_or_is_incomplete_is_replaced() {
        let root = Folder::new("rest");
        fs::create_dir_all(root.0.join("tools/.a-1.partial")).unwrap();
        fs::write(root.0.join("tools/.a-1.partial/junk"), "x").unwrap();
        fs::create_dir_all(root.0.join("tools/a-1/old")).unwrap();
        let dir = entry_in(&root.0, "tools", "a-1", complete, |dir, _| Ok(fs::write(dir.join("tool"), "x")?)).unwrap();
        assert_eq!(fs::read_dir(dir).unwrap().count(), 1);
    }

    #[test]
    fn the_checkout_is_a_workspace() {
        assert!(checkout().join("native/runtimes/Cargo.toml").is_file());
    }
}
