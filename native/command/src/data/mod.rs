//! The data folder of `up`: all that an installation is. Who has a copy of it has the installation.
//!
//!     secrets.json   what no one else may know, mode 0600
//!     ports.json     where everything listens, so that addresses last
//!     running.json   what runs now; there only while `up` runs
//!     sandbox.json   the sandbox of payments
//!     lock           held while `up` runs
//!     postgres/  s3/  edges/NAME/  log/

mod ports;
mod running;
mod secrets;

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

pub(crate) use ports::{Ports, is_free};
pub(crate) use running::{EdgeAt, Running};
pub(crate) use secrets::Secrets;

use crate::failure::Failure;

/// Where an installation's data is.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct DataArgs {
    /// The data folder
    #[arg(long = "data", value_name = "DIR", default_value = "data")]
    pub(crate) dir: PathBuf,
}

impl DataArgs {
    /// ` --data DIR`, for a command that is shown to be typed; empty for the default folder.
    pub(crate) fn shown(&self) -> String {
        if self.dir == Path::new("data") { String::new() } else { format!(" --data {}", self.dir.display()) }
    }
}

/// A data folder.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    dir: PathBuf,
}

/// Held while `up` runs. The kernel frees it with the process.
pub(crate) struct Lock(#[expect(dead_code, reason = "held for its Drop")] File);

/// Puts the path before what is wrong with it.
pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Failure + '_ {
    move |e| Failure::new(format!("{}: {e}", path.display()))
}

impl Data {
    /// The folder, made where it is not there, open to its owner only.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn open(args: &DataArgs) -> Result<Self, Failure> {
        DirBuilder::new().recursive(true).mode(0o700).create(&args.dir).map_err(at(&args.dir))?;
        let dir = args.dir.canonicalize().map_err(at(&args.dir))?;
        let data = Self { dir };
        for folder in ["log", "edges"] {
            let folder = data.path(folder);
            DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(at(&folder))?;
        }
        Ok(data)
    }

    /// The folder of an installation that is there.
    ///
    /// # Errors
    /// There is none: `up` has never run on it.
    pub(crate) fn existing(args: &DataArgs) -> Result<Self, Failure> {
        let dir = args.dir.canonicalize().ok().filter(|dir| dir.join("secrets.json").is_file());
        dir.map(|dir| Self { dir }).ok_or_else(|| {
            let dir = args.dir.display();
            Failure::new(format!(
                "{dir}: no installation's data folder: run `cargo aw up --data {dir}`, or name another"
            ))
        })
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The folder itself.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Takes the lock of a running `up`; `None` where another has it.
    ///
    /// # Errors
    /// The file system has no locks.
    pub(crate) fn try_lock(&self) -> Result<Option<Lock>, Failure> {
        let path = self.path("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(at(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(at(&path)(e)),
        }
    }

    /// Reads the JSON file `name`; `None` where there is none.
    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Failure> {
        let path = self.path(name);
        let text = match fs::read(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(at(&path))?,
        };
        let remedy = "correct it, or put back a copy";
        let value = serde_json::from_slice(&text);
        value.map(Some).map_err(|e| Failure::new(format!("{}: {e}; {remedy}", path.display())))
    }

    /// Writes the JSON file `name`, mode 0600: whole and on disk, or not at all.
    fn write(&self, name: &str, value: &impl Serialize) -> Result<(), Failure> {
        let (path, partial) = (self.path(name), self.path(&format!(".{name}.partial")));
        let text = serde_json::to_vec_pretty(value).map_err(|e| Failure::new(format!("{name}: {e}")))?;
        let attempt = || {
            let mut file = File::options().create(true).truncate(true).write(true).mode(0o600).open(&partial)?;
            file.write_all(&text)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(&partial, &path)?;
            File::open(&self.dir)?.sync_all()
        };
        attempt().map_err(at(&path))
    }

    /// The log of the part called `name`, set aside where it has grown past 10 MB.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        let path = self.path("log").join(format!("{name}.log"));
        if path.metadata().is_ok_and(|m| m.len() > 10_000_000) {
            let _ = fs::rename(&path, path.with_extension("old"));
        }
        path
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A data folder that goes when it is dropped.
    pub(crate) struct Folder(pub(crate) DataArgs);

    impl Folder {
        pub(crate) fn new(name: &str) -> Self {
            Self(DataArgs { dir: std::env::temp_dir().join(format!("aw-data-{name}-{}", std::process::id())) })
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0.dir);
        }
    }

    #[test]
    fn secrets_are_made_once_and_nobody_elses() {
        let folder = Folder::new("secrets");
        assert!(Data::existing(&folder.0).is_err());
        let data = Data::open(&folder.0).unwrap();
        let first = Secrets::load_or_make(&data).unwrap();
        let again = Secrets::load_or_make(&Data::existing(&folder.0).unwrap()).unwrap();
        assert_eq!(first.edge_key, again.edge_key);
        assert_ne!(first.edge_key, first.master_key);
        assert_eq!(first.edge_key.len(), 64);
        assert!(!format!("{first:?}").contains(&first.edge_key));
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(data.dir()), mode(&data.path("secrets.json"))), (0o700, 0o600));
    }

    #[test]
    fn a_broken_file_is_named_and_not_replaced() {
        let folder = Folder::new("broken");
        let data = Data::open(&folder.0).unwrap();
        fs::write(data.path("secrets.json"), "{").unwrap();
        let Err(Failure::Failed(why)) = Secrets::load_or_make(&data) else { panic!("it was read") };
        assert!(why.contains("secrets.json") && !why.contains('\n'), "{why}");
        assert_eq!(fs::read_to_string(data.path("secrets.json")).unwrap(), "{");
    }

    #[test]
    fn the_lock_is_one() {
        let folder = Folder::new("lock");
        let data = Data::open(&folder.0).unwrap();
        let lock = data.try_lock().unwrap();
        assert!(lock.is_some() && data.try_lock().unwrap().is_none());
        drop(lock);
        assert!(data.try_lock().unwrap().is_some());
    }

    #[test]
    fn ports_last() {
        let folder = Folder::new("ports");
        let data = Data::open(&folder.0).unwrap();
        let mut ports = Ports::load(&data).unwrap();
        let first = ports.get("a", None).unwrap();
        assert_eq!(ports.get("a", Some(1)).unwrap(), first);
        assert_ne!(ports.get("b", None).unwrap(), first);
        ports.save(&data).unwrap();
        assert_eq!(Ports::load(&data).unwrap().get("a", None).unwrap(), first);
    }
}
