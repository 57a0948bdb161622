//! A new cluster.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use aw_runtimes::{
    Error, Result,
    cache::{at, clear},
};

use crate::{
    account::Account,
    cluster::ROLE,
    folder::{Reach, make},
};

/// The order of text: by code point, with the Unicode properties of letters. The same on every machine that has it.
const LOCALE: &str = if cfg!(target_os = "linux") { "C.UTF-8" } else { "C" };

/// Makes the cluster `data` unless it is there: beside its place, and renamed into it when it is complete and on
/// disk.
///
/// # Errors
/// `initdb` fails; what it made is removed.
pub(crate) fn initialise(programs: &Path, account: Account, data: &Path) -> Result<()> {
    if data.join("PG_VERSION").is_file() {
        return account.own(data);
    }
    let staging = data.with_extension("partial");
    clear(&staging)?;
    make(&staging)?;
    let made = account.own(&staging).and_then(|()| fill(programs, account, &staging));
    if let Err(e) = made {
        clear(&staging)?;
        return Err(e);
    }
    clear(data)?;
    fs::rename(&staging, data).map_err(at(data))
}

fn fill(programs: &Path, account: Account, data: &Path) -> Result<()> {
    let reach = Reach::new(account, data)?;
    let mut initdb = account.command(&programs.join("initdb"));
    initdb
        .args(["--pgdata", &reach.name, "--username=postgres", "--encoding=UTF8", "--data-checksums"])
        .arg(format!("--locale={LOCALE}"))
        // The socket is open to its owner only, which the kernel checks; over TCP a password says who it is.
        .args(["--auth-local=trust", "--auth-host=scram-sha-256", "--no-instructions"]);
    finish("initdb", &mut initdb, "")?;
    // No superuser: it makes databases, and owns those that it makes.
    let mut single = account.command(&programs.join("postgres"));
    single.args(["--single", "-j", "-D", &reach.name, "-c", "log_min_messages=error", "postgres"]);
    finish("postgres --single", &mut single, &format!("CREATE ROLE {ROLE} LOGIN CREATEDB;\n\n"))
}

/// Runs `command` with `input` on its standard input.
fn finish(what: &str, command: &mut Command, input: &str) -> Result<()> {
    let failed = |e: std::io::Error| Error(format!("{what}: {e}"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    let words = String::from_utf8_lossy(&output.stderr);
    // The single-user server goes on after an error.
    if output.status.success() && !words.contains("ERROR:") {
        return Ok(());
    }
    Err(Error(format!("{what}: {}\n{}", output.status, words.trim())))
}
