//! PostgreSQL's programs. Only the files: a server is started by those who need one, in a folder of their own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::apt;
use crate::{
    Error, Result,
    process::{executable, find, first_line},
};

/// The oldest version that the SQL is written for.
const OLDEST: u32 = 15;

/// The folder with `postgres`, `initdb`, `pg_ctl` and `psql` of version 15 or later: the newest found on `PATH` and
/// in the places where distributions and Homebrew put it, else installed by apt.
///
/// # Errors
/// There is none and it cannot be installed.
pub fn postgres() -> Result<PathBuf> {
    if let Some((_, dir)) = ready() {
        return Ok(dir);
    }
    // The package would make and start a cluster of its own; this is its documented switch against it.
    let switch = Path::new("/etc/postgresql-common/createcluster.conf");
    if find("apt-get").is_some() && !switch.exists() {
        let _ = switch.parent().map(fs::create_dir_all);
        let _ = fs::write(switch, "create_main_cluster = false\n");
    }
    let remedy = format!("PostgreSQL {OLDEST} or later: not found; install it or put its bin folder on PATH");
    apt::install(&["postgresql"]).map_err(|e| Error(format!("{remedy}\n{e}")))?;
    ready().map(|(_, dir)| dir).ok_or(Error(remedy))
}

/// Its version and folder if it is there.
pub(super) fn ready() -> Option<(String, PathBuf)> {
    let mut folders: Vec<PathBuf> =
        find("initdb").and_then(|file| Some(file.parent()?.to_owned())).into_iter().collect();
    for (parent, below) in [
        ("/usr/lib/postgresql", "bin"),
        ("/usr/pgsql", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
        ("/home/linuxbrew/.linuxbrew/opt", "bin"),
    ] {
        folders.extend(Path::new(parent).read_dir().into_iter().flatten().flatten().map(|e| e.path().join(below)));
    }
    let whole = |dir: &PathBuf| ["postgres", "initdb", "pg_ctl", "psql"].iter().all(|name| executable(&dir.join(name)));
    let found = folders.into_iter().filter(whole).filter_map(|dir| {
        let line = first_line(dir.join("postgres"), &["--version"])?;
        Some((major(&line)?, line, dir))
    });
    let (_, line, dir) = found.filter(|(major, ..)| *major >= OLDEST).max_by_key(|(major, ..)| *major)?;
    Some((line.trim_start_matches("postgres (PostgreSQL) ").to_owned(), dir))
}

/// The major version in what `postgres --version` prints.
fn major(line: &str) -> Option<u32> {
    let number = line.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn majors_of_releases_distributions_and_betas() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major("postgres (PostgreSQL)"), None);
    }
}
