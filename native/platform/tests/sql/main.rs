//! The SQL port against a server of our own.

mod app;
mod cases;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
};

use aw_native::{DatabaseSettings, Settings, serve};
use aw_postgres::{Cluster, Listen};

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One server for all cases, each in a request of its own and in order.
#[test]
fn every_case_holds_over_the_socket_and_over_tcp() {
    let folder = Folder(std::env::temp_dir().join(format!("aw-sql-{}", std::process::id())));
    let listen = Listen::Tcp { port: aw_runtimes::free_port().unwrap(), password: "pass word".into() };
    let cluster = Cluster::start(&folder.0, &listen).unwrap();
    for database in [cluster.database(), cluster.tcp().unwrap()] {
        let settings = DatabaseSettings {
            host: database.host,
            port: database.port,
            user: database.user,
            password: database.password,
            connections: 2,
        };
        let running = serve::<app::Cases>(Settings { threads: 1, database: Some(settings), ..Settings::default() });
        let running = running.unwrap();
        assert_eq!(get(running.addr(), "make"), "ok");
        for name in cases::NAMES {
            assert_eq!(get(running.addr(), name), "ok", "{name}");
        }
        running.stop();
    }
}

#[test]
fn without_a_server_it_is_an_upstream_error_and_without_a_setting_it_is_named() {
    let running = serve::<app::Cases>(Settings { threads: 1, ..Settings::default() }).unwrap();
    assert!(get(running.addr(), "make").contains("the setting database is missing"));
    running.stop();
    let nowhere = DatabaseSettings::socket("/nonexistent".as_ref(), "nobody");
    let running = serve::<app::Cases>(Settings { threads: 1, database: Some(nowhere), ..Settings::default() }).unwrap();
    let why = get(running.addr(), "make");
    assert!(why.starts_with("upstream: database: "), "{why}");
    running.stop();
}

fn get(addr: SocketAddr, case: &str) -> String {
    let mut socket = TcpStream::connect(addr).unwrap();
    write!(socket, "GET /{case} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or(answer)
}
