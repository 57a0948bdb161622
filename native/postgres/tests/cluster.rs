//! Real servers of this machine's PostgreSQL.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use aw_postgres::{Cluster, Listen};
use aw_runtimes::{Database, free_port, setup};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("aw-postgres-{name}-{}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What `sql` gives, without decoration; the error's words where it fails.
fn psql(database: &Database, sql: &str) -> Result<String, String> {
    let output = Command::new(setup::postgres().unwrap().join("psql"))
        .args(["-XAtq", "-h", &database.host, "-p", &database.port.to_string(), "-U", &database.user, "postgres"])
        .args(["-v", "ON_ERROR_STOP=1", "-c", sql])
        .env("PGPASSWORD", database.password.as_deref().unwrap_or_default())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

const MAKE: &str = "CREATE TABLE IF NOT EXISTS t (n int); INSERT INTO t VALUES (1); SELECT count(*) FROM t";

/// `postgres` owns the database `postgres`, so the role's own tables go into a schema of its own.
fn count(cluster: &Cluster) -> Result<String, String> {
    let database = cluster.database();
    psql(&database, "SET client_min_messages = error; CREATE TEMP TABLE x (n int)")?;
    let superuser = Database { user: "postgres".into(), ..database };
    psql(&superuser, MAKE)
}

#[test]
fn it_is_made_once_keeps_its_data_and_refuses_a_second_start() {
    let folder = Folder::new("twice");
    let cluster = Cluster::start(&folder.0, &Listen::Socket).unwrap();
    assert_eq!(count(&cluster).unwrap(), "1");
    let settings = psql(&cluster.database(), "SELECT current_setting('fsync'), current_setting('data_checksums')");
    assert_eq!(settings.unwrap(), "on|on");
    let error = Cluster::start(&folder.0, &Listen::Socket).unwrap_err().0;
    assert!(error.contains("in use by process") && !error.contains('\n'), "{error}");
    assert_eq!(count(&cluster).unwrap(), "2");
    drop(cluster);
    assert!(!folder.0.join("data/postmaster.pid").exists(), "it was shut down cleanly");
    let cluster = Cluster::start(&folder.0, &Listen::Socket).unwrap();
    assert_eq!(count(&cluster).unwrap(), "3");
}

#[test]
fn its_role_makes_databases_and_is_no_superuser() {
    let folder = Folder::new("role");
    let cluster = Cluster::start(&folder.0, &Listen::Socket).unwrap();
    psql(&cluster.database(), "CREATE DATABASE press").unwrap();
    assert_eq!(psql(&cluster.database(), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user").unwrap(), "f");
    assert!(psql(&cluster.database(), "COPY (SELECT 1) TO PROGRAM 'cat'").is_err());
}

#[test]
fn tcp_asks_for_the_password() {
    let folder = Folder::new("tcp");
    let listen = Listen::Tcp { port: free_port().unwrap(), password: "it's secret".into() };
    assert!(!format!("{listen:?}").contains("secret"));
    let cluster = Cluster::start(&folder.0, &listen).unwrap();
    let tcp = cluster.tcp().unwrap();
    assert_eq!(psql(&tcp, "SELECT 1").unwrap(), "1");
    for password in [None, Some("wrong".to_owned())] {
        assert!(psql(&Database { password, ..tcp.clone() }, "SELECT 1").is_err());
    }
    assert_eq!(psql(&cluster.database(), "SELECT 1").unwrap(), "1");
}

#[test]
fn a_path_too_long_for_a_socket_is_no_obstacle() {
    let folder = Folder::new("long");
    let deep = folder.0.join("a".repeat(90)).join("b".repeat(90));
    let cluster = Cluster::start(&deep, &Listen::Socket).unwrap();
    let database = cluster.database();
    assert_eq!(psql(&database, "SELECT 1").unwrap(), "1");
    drop(cluster);
    assert!(!Path::new(&database.host).exists());
}

#[test]
fn a_folder_that_only_its_owner_may_pass_is_no_obstacle() {
    use std::os::unix::fs::DirBuilderExt;
    let folder = Folder::new("private");
    fs::DirBuilder::new().mode(0o700).create(&folder.0).unwrap();
    let cluster = Cluster::start(&folder.0.join("postgres"), &Listen::Socket).unwrap();
    assert_eq!(psql(&cluster.database(), "SELECT 1").unwrap(), "1");
}

#[test]
fn what_ends_the_server_at_once_is_told_in_its_words() {
    let folder = Folder::new("words");
    drop(Cluster::start(&folder.0, &Listen::Socket).unwrap());
    fs::write(folder.0.join("data/postgresql.conf"), "no_such_setting = 1\n").unwrap();
    let error = Cluster::start(&folder.0, &Listen::Socket).unwrap_err().0;
    assert!(error.contains("no_such_setting"), "{error}");
}

const CHILD: &str = "AUTHORWORKS_POSTGRES_TEST";

/// Does nothing unless the test below runs this program a second time to have it killed.
#[test]
fn the_one_that_is_killed() {
    if let Some(folder) = std::env::var_os(CHILD) {
        let cluster = Cluster::start(Path::new(&folder), &Listen::Socket).unwrap();
        println!("\nserver {} {}", cluster.pid(), count(&cluster).unwrap());
        std::thread::sleep(std::time::Duration::from_secs(600));
    }
}

/// Starts the program above, waits for its server and kills the program; the server's process id.
fn start_and_kill(folder: &Path) -> u32 {
    let mut starter = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_one_that_is_killed", "--nocapture"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(starter.stdout.take().unwrap()).lines();
    let line = lines.map_while(Result::ok).find(|line| line.starts_with("server ")).unwrap();
    starter.kill().unwrap();
    starter.wait().unwrap();
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn what_was_committed_survives_the_starter_and_the_server() {
    let folder = Folder::new("killed");
    let server = start_and_kill(&folder.0);
    // At once: the orphan is still there, or on its way out.
    let mut cluster = Cluster::start(&folder.0, &Listen::Socket).unwrap();
    assert_ne!(cluster.pid(), server);
    assert_eq!(count(&cluster).unwrap(), "2");
    // Now the server itself, without a chance to write anything.
    assert!(Command::new("kill").args(["-9", &cluster.pid().to_string()]).status().unwrap().success());
    while cluster.ended().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    drop(cluster);
    assert!(folder.0.join("data/postmaster.pid").exists());
    let cluster = Cluster::start(&folder.0, &Listen::Socket).unwrap();
    assert_eq!(count(&cluster).unwrap(), "3");
}

#[test]
fn a_number_that_another_program_has_now_is_no_obstacle() {
    let folder = Folder::new("number");
    drop(Cluster::start(&folder.0, &Listen::Socket).unwrap());
    // This program's own number, in the server's file.
    let text = format!("{}\n{}\n0\n5432\n.\n\n0\nready   \n", std::process::id(), folder.0.join("data").display());
    fs::write(folder.0.join("data/postmaster.pid"), text).unwrap();
    // In its socket's lock that of a program that PostgreSQL does not know for its parent.
    let mut other = Command::new("sleep").arg("600").spawn().unwrap();
    let text = format!("{}\n{}\n0\n5432\n.\n", other.id(), folder.0.join("data").display());
    fs::write(folder.0.join("data/.s.PGSQL.5432.lock"), text).unwrap();
    let cluster = Cluster::start(&folder.0, &Listen::Socket);
    other.kill().unwrap();
    other.wait().unwrap();
    let cluster = cluster.unwrap();
    assert_eq!(psql(&cluster.database(), "SELECT 1").unwrap(), "1");
}
