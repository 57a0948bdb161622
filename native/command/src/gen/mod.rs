//! `authorworks gen`: the API's description from the services, and wrangler.toml, fastly.toml, spin.toml and
//! spin-runtime.toml from the manifest `authorworks.toml`.

mod fastly;
mod manifest;
mod openapi;
mod spin;
mod text;
mod wrangler;

use std::{fs, path::Path, process::ExitCode};

use aw_runtimes::cache::checkout;
use similar::TextDiff;

use crate::failure::Failure;
use manifest::Manifest;

/// The manifest's name, at the root of the checkout.
const MANIFEST: &str = "authorworks.toml";

/// Write the platforms' files from the manifest, and the API's description from the services
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail where a file is not what would be written
    #[arg(long)]
    pub(crate) check: bool,
}

/// Generates the files, or compares them: then exit code 1, with a diff on stdout, where one is not what the manifest
/// makes it.
///
/// # Errors
/// The manifest cannot be read, or a file cannot be written.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let root = checkout();
    let path = root.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
    let mut drift = false;
    for (name, text) in all(&text).map_err(|why| Failure::new(format!("{MANIFEST}: {why}")))? {
        let path = root.join(name);
        let there = fs::read_to_string(&path).unwrap_or_default();
        if there == text {
            continue;
        }
        if args.check {
            drift = true;
            print!("{}", TextDiff::from_lines(&there, &text).unified_diff().header(name, "what the manifest makes it"));
        } else {
            write(&path, &text)?;
            println!("gen: {name}");
        }
    }
    if drift {
        eprintln!("gen: files differ from what {MANIFEST} makes them: run `cargo aw gen`");
    }
    Ok(if drift { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
}

/// Each file's name and text.
///
/// # Errors
/// In words, what is wrong with the manifest.
fn all(manifest: &str) -> Result<Vec<(&'static str, String)>, String> {
    let manifest = Manifest::parse(manifest)?;
    let mut all = vec![
        ("wrangler.toml", wrangler::render(&manifest)?),
        ("fastly.toml", fastly::render(&manifest)?),
        ("spin.toml", spin::render(&manifest)?),
        ("spin-runtime.toml", spin::runtime(&manifest)?),
    ];
    all.extend(openapi::render()?);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The manifest in the tree.
    pub(super) const TEXT: &str = include_str!("../../../../authorworks.toml");

    pub(super) fn manifest() -> Manifest {
        Manifest::parse(TEXT).expect("authorworks.toml")
    }

    fn read(name: &str) -> toml::Table {
        let files = all(TEXT).expect("authorworks.toml");
        let (_, text) = files.iter().find(|(n, _)| *n == name).expect("a file of that name");
        assert!(text.starts_with("# Generated from authorworks.toml"), "{name}");
        toml::from_str(text).expect(name)
    }

    #[test]
    fn each_file_has_the_names_that_its_platform_reads() {
        let wrangler = read("wrangler.toml");
        assert_eq!(wrangler["kv_namespaces"][0]["binding"].as_str(), Some("CONTENT"));
        assert_eq!(wrangler["vars"]["BACKEND_ORIGIN"].as_str(), Some("https://origin.example.com"));
        assert_eq!(wrangler["vars"]["EDGE_NAME"].as_str(), Some("cloudflare"));
        let fastly = read("fastly.toml");
        let setup = &fastly["setup"];
        assert_eq!(setup["backends"]["origin"]["port"].as_integer(), Some(443));
        assert_eq!(setup["config_stores"]["config"]["items"]["edge-name"]["value"].as_str(), Some("fastly"));
        assert!(setup["secret_stores"]["secrets"]["entries"]["edge-key"].is_table());
        assert!(setup["kv_stores"]["content"].is_table());
        let spin = read("spin.toml");
        assert_eq!(spin["variables"]["master_key"]["secret"].as_bool(), Some(true));
        assert_eq!(spin["component"]["gateway"]["key_value_stores"][0].as_str(), Some("content"));
        assert_eq!(read("spin-runtime.toml")["key_value_store"]["content"]["type"].as_str(), Some("spin"));
    }

    #[test]
    fn no_component_has_a_secret_or_an_address_that_it_does_not_use() {
        let spin = read("spin.toml");
        let gateway = &spin["component"]["gateway"];
        let hosts: Vec<_> = gateway["allowed_outbound_hosts"].as_array().expect("hosts").iter().collect();
        assert_eq!(hosts, [&toml::Value::String("{{ backend_origin }}".to_owned())]);
        let names: BTreeSet<_> =
            gateway["variables"].as_table().expect("variables").keys().map(String::as_str).collect();
        assert_eq!(names, BTreeSet::from(["backend_origin", "edge_name", "origin_authority", "edge_key"]));
    }

    #[test]
    fn no_generated_file_has_a_secrets_value() {
        for (name, text) in all(TEXT).expect("authorworks.toml") {
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let secret = ["edge-key", "edge_key", "EDGE_KEY", "master", "secret_key", "database_url"];
                let assigns = secret.iter().any(|s| line.starts_with(&format!("{s} = \"")) && !line.contains("{{"));
                assert!(!assigns, "{name}: {line}");
            }
        }
    }
}
