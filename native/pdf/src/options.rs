//! What is asked for.

/// A size of page, and what the program may use.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Width and height after cutting, in points.
    pub trim: (f64, f64),
    /// Whether the first page is the cover.
    pub cover: bool,
    /// In MiB of address space.
    pub memory: u64,
    /// Of CPU.
    pub seconds: u64,
    /// Whether it ends with its parent.
    pub tethered: bool,
}

/// What the program is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Typeset.
    Typeset(Options),
    /// Show the fonts' licences.
    Licences,
}

const USAGE: &str = "usage: authorworks-pdf [--trim 5x8|5.25x8|5.5x8.5|6x9|a5] [--cover] [--memory MIB] \
    [--seconds CPU] [--tethered] <BOOK.epub >BOOK.pdf";

/// The sizes that printers on demand have, in inches but for A5.
const TRIMS: [(&str, f64, f64); 5] = [
    ("5x8", 360.0, 576.0),
    ("5.25x8", 378.0, 576.0),
    ("5.5x8.5", 396.0, 612.0),
    ("6x9", 432.0, 648.0),
    ("a5", 419.53, 595.28),
];

/// Reads the command line.
///
/// # Errors
/// How it is used.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Wish, String> {
    let mut options = Options { trim: (396.0, 612.0), cover: false, memory: 3072, seconds: 300, tethered: false };
    let mut arguments = arguments;
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| USAGE.to_owned());
        let number = |text: String, most: u64| {
            text.parse().ok().filter(|n| (1..=most).contains(n)).ok_or_else(|| USAGE.to_owned())
        };
        match name.as_str() {
            "--licences" => return Ok(Wish::Licences),
            "--cover" => options.cover = true,
            "--tethered" => options.tethered = true,
            "--trim" => {
                let named = value()?;
                let known = TRIMS.iter().find(|(name, ..)| *name == named);
                options.trim = known.map(|(_, width, height)| (*width, *height)).ok_or_else(|| USAGE.to_owned())?;
            }
            "--memory" => options.memory = number(value()?, 1 << 20)?,
            "--seconds" => options.seconds = number(value()?, 3600)?,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(Wish::Typeset(options))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_limits() {
        let of = |words: &[&str]| parse(words.iter().map(|w| (*w).to_owned()));
        let Ok(Wish::Typeset(trade)) = of(&["--trim", "6x9", "--cover"]) else { panic!("a size") };
        assert_eq!((trade.trim, trade.cover, trade.memory), ((432.0, 648.0), true, 3072));
        assert_eq!(of(&["--licences"]), Ok(Wish::Licences));
        for bad in [&["--trim", "7x1"][..], &["--trim"], &["--seconds", "0"], &["x"], &["--memory", "-1"]] {
            assert!(of(bad).is_err(), "{bad:?}");
        }
    }
}
