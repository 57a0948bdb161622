//! The fonts of a book: those in the program, and where they lack its letters, some of the system's.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use typst::{foundations::Bytes, text::Font};

/// The font of books.
const SERIF: &str = "Libertinus Serif";
/// Where systems keep fonts.
const FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];
/// How many files of fonts are looked at, and the longest, in bytes.
const FILES: usize = 3000;
const LONGEST: u64 = 64 << 20;
/// How many families are added at most.
const FAMILIES: usize = 8;
/// More than one letter in so many without a font, and the book cannot be read.
const LOST: usize = 100;

/// The fonts that a book is set in.
pub struct Fonts {
    /// All of them.
    pub fonts: Vec<Font>,
    /// The families that were added.
    pub added: Vec<String>,
    /// What the book's reader should know.
    pub notes: Vec<String>,
}

/// Fonts for all letters of the text.
///
/// # Errors
/// So many letters are in no font here that nobody could read the book: says which, and what helps.
pub fn choose(text: &str) -> Result<Fonts, String> {
    let mut fonts: Vec<Font> = typst_assets::fonts()
        .flat_map(|data| Font::iter(Bytes::new(data)))
        // Those whose licences ask nothing of whoever prints a book.
        .filter(|font| matches!(font.info().family.as_str(), SERIF | "DejaVu Sans Mono"))
        .collect();
    // A script whose letters only the font of code has is set in one that is made for books, where there is one.
    let serif: Vec<Font> = fonts.iter().filter(|font| font.info().family.as_str() == SERIF).cloned().collect();
    let mut wanted = missing(text, &serif);
    wanted.retain(|c| c.is_alphabetic() || !fonts.iter().any(|font| has(font, *c)));
    let mut added = Vec::new();
    if !wanted.is_empty() {
        for (family, of_it) in families(&wanted) {
            let before = wanted.len();
            wanted.retain(|c| !of_it.iter().any(|font| has(font, *c)));
            // The next best may have nothing that the best has not.
            if wanted.len() < before {
                fonts.extend(of_it);
                added.push(family);
            }
            if wanted.is_empty() || added.len() == FAMILIES {
                break;
            }
        }
    }
    let lost = missing(text, &fonts);
    let mut notes = Vec::new();
    if !added.is_empty() {
        notes.push(format!("letters that Libertinus Serif has not are set in {}", added.join(", ")));
    }
    if !lost.is_empty() {
        let some: String = lost.iter().take(40).collect();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let unseen = text.chars().filter(|c| c.is_alphabetic() && lost.contains(c)).count();
        if unseen * LOST > letters {
            return Err(format!(
                "{unseen} of the book's letters are in no font of the machine that typesets it, such as {some}: it needs \
                 one (on Debian: fonts-noto-cjk for Chinese, Japanese and Korean, fonts-noto-core for other scripts)"
            ));
        }
        notes.push(format!("no font has these, and they are not seen: {some}"));
    }
    Ok(Fonts { fonts, added, notes })
}

fn has(font: &Font, c: char) -> bool {
    font.info().coverage.contains(c as u32)
}

/// The characters that no font has.
fn missing(text: &str, fonts: &[Font]) -> BTreeSet<char> {
    let seen: BTreeSet<char> =
        text.chars().filter(|c| !c.is_ascii() && !c.is_whitespace() && !c.is_control()).collect();
    // What is not seen is not missed: joiners, marks of direction, variants.
    let shown = |c: &char| {
        !matches!(*c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
    };
    seen.into_iter().filter(shown).filter(|c| !fonts.iter().any(|font| has(font, *c))).collect()
}

/// The system's families that have some of these characters, those with most of them first, then serifs.
fn families(wanted: &BTreeSet<char>) -> Vec<(String, Vec<Font>)> {
    let mut found: BTreeMap<String, Vec<Font>> = BTreeMap::new();
    let mut files = Vec::new();
    FOLDERS.iter().for_each(|folder| list(Path::new(folder), 8, &mut files));
    files.sort();
    for file in files {
        let Some(bytes) = fs::read(&file).ok().filter(|bytes| bytes.len() as u64 <= LONGEST) else { continue };
        for font in Font::iter(Bytes::new(bytes)) {
            if wanted.iter().any(|c| has(&font, *c)) {
                found.entry(font.info().family.as_str().to_owned()).or_default().push(font);
            }
        }
    }
    let mut all: Vec<_> = found.into_iter().collect();
    all.sort_by_cached_key(|(name, fonts)| {
        let covered = wanted.iter().filter(|c| fonts.iter().any(|font| has(font, **c))).count();
        (usize::MAX - covered, !name.contains("Serif"), name.contains("Mono"), name.clone())
    });
    all
}

fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if files.len() >= FILES {
            return;
        }
        if path.is_dir() {
            if depth > 0 {
                list(&path, depth - 1, files);
            }
        } else if path.extension().is_some_and(|e| ["ttf", "otf", "ttc", "otc"].iter().any(|known| e == *known)) {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_own_fonts_have_the_scripts_of_europe() {
        let fonts = choose("Ärger, ёж, Ἀχιλῆος, עברית — “quoted” …").unwrap();
        assert!(fonts.added.is_empty() && fonts.notes.is_empty(), "{:?} {:?}", fonts.added, fonts.notes);
    }

    #[test]
    fn a_book_that_nobody_could_read_is_refused_and_a_letter_is_told() {
        // Unassigned, so that no machine has a font for it.
        let lost = "\u{2ffe0}";
        let text = "a".repeat(1000);
        assert!(choose(&text).unwrap().notes.is_empty());
        assert!(choose(&format!("{text}{lost}")).unwrap().notes[0].contains("no font has these"));
        // Letters that are in no font of ours: the system's have them, or it is said what helps.
        match choose("漢字かな交じり文") {
            Ok(fonts) => assert!(!fonts.added.is_empty() && fonts.notes[0].contains(&fonts.added[0])),
            Err(why) => assert!(why.contains("fonts-noto-cjk") && why.contains('漢'), "{why}"),
        }
    }
}
