//! A cluster's folder: a lock, the server's log, and `data`, which is PostgreSQL's own.

use std::{
    fs::{self, File, TryLockError},
    io::Write,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::fs::DirBuilderExt,
    },
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use aw_runtimes::{Error, Result, cache::at};

use crate::account::Account;

/// The longest path of a Unix socket, in bytes (`sun_path` with its zero; macOS has four less).
const LONGEST: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Makes `path` and what is above it, open to its owner only.
pub(crate) fn make(path: &Path) -> Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(at(path))
}

/// Sees to it that a cluster is started once. The kernel frees it with the process.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held for its Drop")] File);

impl Lock {
    /// Takes the lock of the cluster in `folder`.
    ///
    /// # Errors
    /// Another process has it.
    pub(crate) fn take(folder: &Path) -> Result<Self> {
        let path = folder.join("lock");
        let mut file = File::options().create(true).truncate(false).write(true).open(&path).map_err(at(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let by = fs::read_to_string(&path).unwrap_or_default();
                let by = by.trim();
                return Err(Error(format!("{}: in use by process {by}; stop it first", folder.display())));
            }
            Err(TryLockError::Error(e)) => return Err(at(&path)(e)),
        }
        file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(at(&path))?;
        Ok(Self(file))
    }
}

/// A folder by the name under which the server's account reaches it.
pub(crate) struct Reach {
    /// The name.
    pub(crate) name: String,
    /// Held open for the children that inherit it.
    _open: Option<OwnedFd>,
}

impl Reach {
    /// The folder `path` for `account`.
    ///
    /// Another account than ours may not pass the folders above, such as a home of mode 0700. So its processes
    /// inherit the open folder and know it by their descriptor: they reach this folder and nothing beside it.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(crate) fn new(account: Account, path: &Path) -> Result<Self> {
        if account == Account::Ours {
            let name = path.to_str().ok_or_else(|| Error(format!("{}: not UTF-8", path.display())))?.to_owned();
            return Ok(Self { name, _open: None });
        }
        let file = File::open(path).map_err(at(path))?;
        // Unlike what the standard library opens, a duplicate made so is inherited.
        let open = rustix::io::dup(&file).map_err(|e| at(path)(e.into()))?;
        Ok(Self { name: format!("/proc/self/fd/{}", open.as_raw_fd()), _open: Some(open) })
    }
}

/// Where the server's socket is.
#[derive(Debug)]
pub(crate) struct SocketFolder {
    /// As clients reach it.
    pub(crate) path: PathBuf,
    /// As the server names it.
    pub(crate) for_server: String,
    temporary: bool,
}

impl SocketFolder {
    /// `data`, or, where its path is too long for a socket, a new folder under the system's for temporary files.
    ///
    /// # Errors
    /// That folder cannot be made.
    pub(crate) fn choose(account: Account, data: &Path, port: u16) -> Result<Self> {
        let name = format!(".s.PGSQL.{port}");
        if data.join(&name).as_os_str().len() <= LONGEST {
            // The server's working folder.
            return Ok(Self { path: data.to_owned(), for_server: ".".to_owned(), temporary: false });
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        loop {
            let n = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = Path::new("/tmp").join(format!("authorworks-{}-{n}", std::process::id()));
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {
                    account.own(&path)?;
                    return Ok(Self { for_server: path.display().to_string(), path, temporary: true });
                }
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(at(&path)(e)),
            }
        }
    }
}

impl Drop for SocketFolder {
    fn drop(&mut self) {
        if self.temporary {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
