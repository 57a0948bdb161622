//! Who the server runs as.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, lchown},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

use aw_runtimes::{Error, Result};

/// The user that root runs the server as: PostgreSQL refuses to run as root. Every distribution's package makes it.
const USER: &str = "postgres";

/// Who the server runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    /// The user of this process.
    Ours,
    /// Another one, because this process is root's.
    Other {
        /// Its user id.
        uid: u32,
        /// Its group id.
        gid: u32,
    },
}

impl Account {
    /// The account for this process.
    ///
    /// # Errors
    /// This process is root's and the machine has no user `postgres`.
    pub(crate) fn choose() -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Ours);
        }
        Ok(Self::Other { uid: id("-u")?, gid: id("-g")? })
    }

    /// A command that runs as this account.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        // Its own folder need not be open to that user, and PostgreSQL complains where it is not.
        command.current_dir("/").env_remove("PGDATA").env_remove("PGOPTIONS");
        if let Self::Other { uid, gid } = self {
            // Without supplementary groups: the standard library clears them when root changes the user.
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes the account the owner of `path`, and of what is below it if it is not the owner yet.
    ///
    /// # Errors
    /// The folder is another user's.
    pub(crate) fn own(self, path: &Path) -> Result<()> {
        let owner = fs::metadata(path).map_err(|e| failed(path, &e))?.uid();
        match self {
            Self::Ours if owner == rustix::process::geteuid().as_raw() => Ok(()),
            Self::Ours => Err(Error(format!(
                "{}: belongs to the user {owner}; run this as that user or as root, or choose another folder",
                path.display()
            ))),
            Self::Other { uid, .. } if owner == uid => Ok(()),
            Self::Other { uid, gid } => give(path, uid, gid),
        }
    }
}

fn give(path: &Path, uid: u32, gid: u32) -> Result<()> {
    let attempt = || {
        if path.symlink_metadata()?.is_dir() {
            for entry in path.read_dir()? {
                give(&entry?.path(), uid, gid).map_err(std::io::Error::other)?;
            }
        }
        // After what is in it, so that one that was interrupted is not taken for done.
        lchown(path, Some(uid), Some(gid))
    };
    attempt().map_err(|e| failed(path, &e))
}

fn failed(path: &Path, e: &std::io::Error) -> Error {
    Error(format!("{}: {e}", path.display()))
}

fn id(what: &str) -> Result<u32> {
    let output = Command::new("id").args([what, USER]).output()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().map_err(|_| {
        Error(format!(
            "PostgreSQL does not run as root and there is no user {USER} to run it as: \
             make one (useradd --system {USER}) or run this as another user"
        ))
    })
}
