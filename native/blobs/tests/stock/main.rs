//! The server as boto3 and aws-cli see it.

use std::{fs, path::PathBuf, process::Command};

use aw_runtimes::setup;
use aw_s3::{Credentials, Running, S3};

struct World {
    folder: PathBuf,
    running: Option<Running>,
}

impl World {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("aw-s3-stock-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let credentials = Credentials { access_key: "us".into(), secret_key: "a secret".into() };
        let running = S3::start(&folder.join("s3"), ([127, 0, 0, 1], 0).into(), "books", credentials).unwrap();
        Self { folder, running: Some(running) }
    }

    fn endpoint(&self) -> String {
        format!("http://{}", self.running.as_ref().unwrap().addr())
    }

    /// Python with both, told of the server and of nothing else.
    fn python(&self) -> Command {
        let mut command = setup::s3_clients().unwrap().command().unwrap();
        command
            .env("AWS_ACCESS_KEY_ID", "us")
            .env("AWS_SECRET_ACCESS_KEY", "a secret")
            .env("AWS_DEFAULT_REGION", "eu-1")
            .env("AWS_ENDPOINT_URL", self.endpoint())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .current_dir(&self.folder);
        command
    }

    fn run(&self, command: &mut Command) -> String {
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{command:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    fn aws(&self, args: &[&str]) -> String {
        self.run(self.python().args(["-m", "awscli"]).args(args))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.running = None;
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn boto3_does_all_it_needs() {
    let world = World::new("boto3");
    world.run(world.python().arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stock/boto.py")));
}

#[test]
fn aws_cli_copies_lists_and_removes() {
    let world = World::new("cli");
    let large: Vec<u8> = (0..20_000_000_u32).map(|n| (n ^ (n >> 9)) as u8).collect();
    fs::write(world.folder.join("large"), &large).unwrap();
    fs::create_dir_all(world.folder.join("tree/ü b")).unwrap();
    fs::write(world.folder.join("tree/ü b/a+1.txt"), "hello").unwrap();
    fs::write(world.folder.join("tree/empty"), "").unwrap();
    // In parts: the client's threshold is 8 MB.
    world.aws(&["s3", "cp", "large", "s3://books/film", "--content-type", "video/mp4", "--quiet"]);
    world.aws(&["s3", "cp", "s3://books/film", "got", "--quiet"]);
    assert!(fs::read(world.folder.join("got")).unwrap() == large);
    world.aws(&["s3", "sync", "tree", "s3://books/tree", "--quiet"]);
    world.aws(&["s3", "sync", "s3://books/tree", "back", "--only-show-errors"]);
    assert_eq!(fs::read(world.folder.join("back/ü b/a+1.txt")).unwrap(), b"hello");
    assert_eq!(fs::read(world.folder.join("back/empty")).unwrap(), b"");
    let listed = world.aws(&["s3", "ls", "s3://books", "--recursive"]);
    assert_eq!(listed.lines().count(), 3, "{listed}");
    let head = world.aws(&["s3api", "head-object", "--bucket", "books", "--key", "film"]);
    assert!(head.contains("\"ContentLength\": 20000000") && head.contains("video/mp4"), "{head}");
    world.aws(&["s3", "cp", "s3://books/tree/ü b/a+1.txt", "s3://books/copy", "--quiet"]);
    let url = world.aws(&["s3", "presign", "s3://books/copy", "--expires-in", "60"]);
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    assert_eq!(agent.get(url.trim()).call().unwrap().body_mut().read_to_string().unwrap(), "hello");
    world.aws(&["s3", "rm", "s3://books", "--recursive", "--quiet"]);
    let rest = world.python().args(["-m", "awscli", "s3", "ls", "s3://books", "--recursive"]).output().unwrap();
    assert!(rest.stdout.is_empty());
}
