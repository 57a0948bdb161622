//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result, bail};

const USAGE: &str = "usage: spin-host --manifest FILE --listen ADDR:PORT [--state DIR]";

/// What the host is told to do.
pub struct Args {
    /// The `spin.toml`.
    pub manifest: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where key-value stores are kept; without it in memory.
    pub state: Option<PathBuf>,
}

/// Reads the words of the command line.
///
/// # Errors
/// They are not as the usage says.
pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Args> {
    let (mut manifest, mut listen, mut state) = (None, None, None);
    while let Some(word) = words.next() {
        let value = words.next().context(USAGE)?;
        match word.as_str() {
            "--manifest" => manifest = Some(value.into()),
            "--listen" => listen = Some(value.parse().with_context(|| format!("{value} is no address"))?),
            "--state" => state = Some(value.into()),
            _ => bail!(USAGE),
        }
    }
    Ok(Args { manifest: manifest.context(USAGE)?, listen: listen.context(USAGE)?, state })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn manifest_and_address_are_needed() {
        let words = |text: &str| parse(text.split_whitespace().map(str::to_owned));
        let args = words("--listen 127.0.0.1:80 --manifest a/spin.toml").ok().filter(|a| a.state.is_none());
        assert!(args.is_some_and(|a| a.listen.port() == 80 && a.manifest.ends_with("spin.toml")));
        for wrong in ["", "--listen 127.0.0.1:80", "--manifest a --listen b", "--manifest", "--x y"] {
            assert!(words(wrong).is_err(), "{wrong}");
        }
    }
}
