//! The relay against a small SMTP server, over real sockets.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use aw_native::Settings;

/// Serves SMTP on a loopback port and gives what it heard: all lines of each connection. `refusal` answers RCPT.
fn smtp(refusal: Option<&'static str>) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let (send, heard) = channel();
    thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let _ = talk(socket, refusal, &send);
        }
    });
    (addr, heard)
}

fn talk(socket: TcpStream, refusal: Option<&str>, heard: &Sender<String>) -> std::io::Result<()> {
    let mut out = socket.try_clone()?;
    let mut say = move |line: &str| out.write_all(format!("{line}\r\n").as_bytes());
    say("220 test")?;
    let (mut all, mut data) = (String::new(), false);
    for line in BufReader::new(socket).lines() {
        let line = line?;
        all.push_str(&line);
        all.push('\n');
        match line.split(' ').next().unwrap_or_default() {
            "." if data => {
                data = false;
                say("250 taken")?;
                let _ = heard.send(all.clone());
            }
            _ if data => {}
            "EHLO" => say("250-test\r\n250 AUTH PLAIN LOGIN")?,
            "AUTH" => say("235 welcome")?,
            "RCPT" => say(refusal.unwrap_or("250 ok"))?,
            "DATA" => {
                data = true;
                say("354 go on")?;
            }
            "QUIT" => say("221 bye")?,
            _ => say("250 ok")?,
        }
    }
    Ok(())
}

fn settings(url: String) -> Settings {
    Settings {
        config: BTreeMap::from([("mail-url".to_owned(), url)]),
        secrets: BTreeMap::from([("mail-key".to_owned(), "pass word".to_owned())]).into(),
        ..Settings::default()
    }
}

fn post(base: &str, key: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
    let head = format!(
        "POST /emails HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\
         idempotency-key: 0190-aa\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

const MAIL: &str = r#"{"from":"\"Pröss, \\\"One\\\"\" <books@press.example>","to":["ada@example.org"],
    "subject":"Grüße","text":"Look:\nhttps://x.example/verify?token=abc\n.\n","html":"<p>Look</p>"}"#;

#[test]
fn a_mail_arrives_whole_and_the_password_goes_to_the_server_only() {
    let (addr, heard) = smtp(None);
    let mut settings = settings(format!("smtp://ada%40press.example@{addr}"));
    let relay = aw_smtp::prepare(&mut settings).unwrap().expect("a relay");
    let (base, key) = (&settings.backends["mail"], &settings.secrets.0["mail-key"]);
    assert_eq!(settings.config["mail-url"], format!("{base}/emails"));
    assert!(key != "pass word" && key.len() == 64);
    let answer = post(base, key, MAIL);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let said = heard.recv().unwrap();
    for part in [
        // base64 of NUL user NUL password
        "AUTH PLAIN AGFkYUBwcmVzcy5leGFtcGxlAHBhc3Mgd29yZA==",
        "MAIL FROM:<books@press.example>",
        "RCPT TO:<ada@example.org>",
        "Message-ID: <0190-aa@press.example>",
        "Content-Type: multipart/alternative",
        "https://x.example/verify?token",
        "<p>Look</p>",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    // A line with a dot alone is data, not the end (RFC 5321, section 4.5.2).
    assert!(said.contains("\n..\n"), "{said}");
    assert!(post(base, "wrong", MAIL).starts_with("HTTP/1.1 401"));
    assert!(post(base, key, "{}").starts_with("HTTP/1.1 422"));
    relay.stop();
}

#[test]
fn what_the_server_refuses_for_good_is_told_from_what_it_puts_off() {
    for (refusal, status) in [("550 no such user", "422"), ("450 busy", "503"), ("535 who are you", "503")] {
        let (addr, _heard) = smtp(Some(refusal));
        let mut settings = settings(format!("smtp://{addr}"));
        let _relay = aw_smtp::prepare(&mut settings).unwrap();
        let answer = post(&settings.backends["mail"], &settings.secrets.0["mail-key"], MAIL);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{refusal}: {answer}");
    }
    let mut gone = settings("smtp://127.0.0.1:1".to_owned());
    let _relay = aw_smtp::prepare(&mut gone).unwrap();
    assert!(post(&gone.backends["mail"], &gone.secrets.0["mail-key"], MAIL).starts_with("HTTP/1.1 503"));
}

#[test]
fn an_api_is_left_as_it_is_and_nonsense_is_named() {
    let mut api = settings("https://api.example/emails".to_owned());
    assert!(aw_smtp::prepare(&mut api).unwrap().is_none());
    assert_eq!(
        (api.backends["mail"].as_str(), api.secrets.0["mail-key"].as_str()),
        ("https://api.example", "pass word")
    );
    assert!(aw_smtp::prepare(&mut settings("".to_owned())).unwrap().is_none());
    let why = aw_smtp::prepare(&mut settings("ftp://x".to_owned())).unwrap_err();
    assert!(why.contains("mail-url") && why.contains("ftp"), "{why}");
}
