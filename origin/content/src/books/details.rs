//! What is said of a book, checked.

use aw_model::{Contributor, Series, slug::is_slug};
use aw_openapi::JsonSchema;
use aw_platform::{ApiError, Value};
use serde::Deserialize;
use serde_json::json;

use super::read::is_id;

/// What is said of a book.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Details {
    pub(crate) title: String,
    pub(crate) authors: Vec<String>,
    pub(crate) language: String,
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
    pub(crate) series: Option<Series>,
    pub(crate) contributors: Vec<Contributor>,
    pub(crate) licence: Option<String>,
}

impl Details {
    /// As a statement takes it: title, authors (JSON), language, description, tags (JSON), the series' name and the
    /// place in it, contributors (JSON), licence.
    pub(super) fn values(&self) -> [Value; 9] {
        let series = self.series.as_ref();
        [
            (&self.title).into(),
            json!(self.authors).to_string().into(),
            (&self.language).into(),
            (&self.description).into(),
            json!(self.tags).to_string().into(),
            series.map(|s| &s.name).into(),
            series.map(|s| s.position).into(),
            json!(self.contributors).to_string().into(),
            self.licence.as_ref().into(),
        ]
    }
}

/// What a contributor may have been: names of MARC relators, as EPUB has them too.
pub(crate) const ROLES: [&str; 12] = [
    "editor",
    "translator",
    "illustrator",
    "narrator",
    "photographer",
    "designer",
    "foreword",
    "afterword",
    "introduction",
    "annotator",
    "proofreader",
    "contributor",
];

/// A book's place in a series.
#[derive(JsonSchema)]
#[schemars(rename = "Series")]
#[expect(dead_code, reason = "a schema and no value")]
pub(crate) struct SeriesSchema {
    #[schemars(length(min = 1, max = 200))]
    name: String,
    #[schemars(range(min = 1, max = 100_000))]
    position: u32,
}

/// Who took part in a book, and as what.
#[derive(JsonSchema)]
#[schemars(rename = "Contributor")]
#[expect(dead_code, reason = "a schema and no value")]
pub(crate) struct ContributorSchema {
    #[schemars(length(min = 1, max = 200))]
    name: String,
    #[schemars(regex(
        pattern = "^(editor|translator|illustrator|narrator|photographer|designer|foreword|afterword|introduction|annotator|proofreader|contributor)$"
    ))]
    role: String,
}

/// Who may read: `free`, `members` or `tier:NAME`.
#[derive(JsonSchema)]
#[schemars(rename = "Access", transparent)]
#[expect(dead_code, reason = "a schema and no value")]
pub(crate) struct AccessSchema(
    #[schemars(regex(pattern = "^(free|members|tier:[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?)$"))] String,
);

/// What a chapter is besides: a word of EPUB's Structural Semantics Vocabulary.
#[derive(JsonSchema)]
#[schemars(rename = "ChapterRole", transparent)]
#[expect(dead_code, reason = "a schema and no value")]
pub(crate) struct RoleSchema(
    #[schemars(regex(
        pattern = "^(halftitlepage|titlepage|frontispiece|copyright-page|dedication|epigraph|toc|foreword|preface|introduction|prologue|conclusion|epilogue|acknowledgments|afterword|appendix|glossary|endnotes|bibliography|index|contributors|other-credits|colophon)$"
    ))]
    String,
);

/// A chapter's role, which there is.
///
/// # Errors
/// 422 `CONTENT_CHAPTER_INVALID`.
pub(crate) fn checked_role(name: &str) -> Result<&'static str, ApiError> {
    let role = aw_model::matter::role(name).map(|role| role.name);
    role.ok_or_else(|| {
        let all: Vec<&str> = aw_model::matter::ROLES.iter().map(|role| role.name).collect();
        let why = format!("a chapter's role is one of {}", all.join(", "));
        ApiError::new(422, "CONTENT_CHAPTER_INVALID", why)
    })
}

/// A book to be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewBook {
    #[schemars(length(min = 1, max = 500))]
    title: String,
    #[serde(default)]
    #[schemars(length(max = 50))]
    authors: Vec<String>,
    /// BCP 47; `en` where it is left out.
    #[schemars(length(min = 1, max = 35))]
    language: Option<String>,
    #[serde(default)]
    #[schemars(length(max = 20_000))]
    description: String,
    /// At most 20 that differ.
    #[serde(default)]
    tags: Vec<String>,
    #[schemars(with = "Option<SeriesSchema>")]
    series: Option<Series>,
    #[serde(default)]
    #[schemars(with = "Vec<ContributorSchema>", length(max = 50))]
    contributors: Vec<Contributor>,
    #[schemars(length(min = 1, max = 200))]
    licence: Option<String>,
    /// Its name in URLs; made of the title where it is left out.
    #[schemars(regex(pattern = "^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$"))]
    pub(crate) slug: Option<String>,
    /// Whether it may have a slug that sends readers to another book.
    #[serde(default)]
    pub(crate) take_slug: bool,
}

impl NewBook {
    /// What it says, and its slug where it names one.
    ///
    /// # Errors
    /// 422 `CONTENT_BOOK_INVALID`.
    pub(crate) fn checked(self) -> Result<(Details, Option<String>), ApiError> {
        let slug = self.slug.map(checked_slug).transpose()?;
        let details = Details {
            title: self.title,
            authors: self.authors,
            language: self.language.unwrap_or_else(|| "en".into()),
            description: self.description,
            tags: self.tags,
            series: self.series,
            contributors: self.contributors,
            licence: self.licence,
        };
        Ok((details.checked()?, slug))
    }
}

fn invalid(why: String) -> ApiError {
    ApiError::new(422, "CONTENT_BOOK_INVALID", why)
}

/// A slug that somebody chose.
pub(super) fn checked_slug(slug: String) -> Result<String, ApiError> {
    if is_slug(&slug) && !is_id(&slug) {
        return Ok(slug);
    }
    Err(invalid(format!("{slug:?} is no slug: 1 to 80 of a-z 0-9 -, and no UUID")))
}

/// A title that fits: trimmed, 1 to 500 characters, on one line.
pub(crate) fn checked_title(title: &str) -> Result<String, ApiError> {
    line("a title", title, 500)
}

fn line(what: &str, text: &str, most: usize) -> Result<String, ApiError> {
    let text = text.trim();
    if (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(invalid(format!("{what} is one line of 1 to {most} characters")))
}

impl Details {
    /// As it may be stored.
    ///
    /// # Errors
    /// 422 `CONTENT_BOOK_INVALID`.
    pub(crate) fn checked(self) -> Result<Self, ApiError> {
        let lines = |what, all: Vec<String>, count, most| -> Result<Vec<String>, ApiError> {
            let mut out: Vec<String> = Vec::with_capacity(all.len());
            for text in all {
                let text = line(what, &text, most)?;
                if !out.contains(&text) {
                    out.push(text);
                }
            }
            if out.len() > count { Err(invalid(format!("more than {count} of {what}"))) } else { Ok(out) }
        };
        let language = self.language.trim().to_owned();
        // BCP 47's shape; its registry grows.
        let subtag = |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
        if language.len() > 35 || !language.split('-').all(subtag) {
            return Err(invalid(format!("{language:?} is no language tag such as en or pt-BR")));
        }
        let description = self.description.trim().to_owned();
        if description.chars().count() > 20_000 || description.contains('\0') {
            return Err(invalid("a description has at most 20000 characters".into()));
        }
        let series = match self.series {
            Some(s) if !(1..=100_000).contains(&s.position) => {
                return Err(invalid("a position in a series is a number from 1".into()));
            }
            Some(s) => Some(Series { name: line("a series", &s.name, 200)?, position: s.position }),
            None => None,
        };
        let contributor = |c: Contributor| {
            if !ROLES.contains(&c.role.as_str()) {
                return Err(invalid(format!("a contributor's role is one of {}", ROLES.join(", "))));
            }
            Ok(Contributor { name: line("a contributor", &c.name, 200)?, role: c.role })
        };
        if self.contributors.len() > 50 {
            return Err(invalid("more than 50 contributors".into()));
        }
        let licence = self.licence.filter(|l| !l.trim().is_empty());
        Ok(Self {
            contributors: self.contributors.into_iter().map(contributor).collect::<Result<_, _>>()?,
            licence: licence.map(|l| line("a licence", &l, 200)).transpose()?,
            title: checked_title(&self.title)?,
            authors: lines("an author", self.authors, 50, 200)?,
            language,
            description,
            tags: lines("a tag", self.tags, 20, 60)?,
            series,
        })
    }

    /// As close as can be to what a file says, which nobody is there to correct: what is too long is cut, what makes
    /// no sense is left out.
    pub(crate) fn fitted(self) -> Self {
        let fit = |text: &str, most: usize| -> String {
            let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
            let text = words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
            text.chars().take(most).collect::<String>().trim().to_owned()
        };
        let lines = |all: Vec<String>, count, most| {
            let mut out: Vec<String> = Vec::new();
            for text in all.iter().map(|text| fit(text, most)).filter(|text| !text.is_empty()) {
                if !out.contains(&text) && out.len() < count {
                    out.push(text);
                }
            }
            out
        };
        let title = Some(fit(&self.title, 500)).filter(|t| !t.is_empty()).unwrap_or_else(|| "Untitled".into());
        let subtag = |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
        let language = self.language.trim().replace('_', "-");
        let known = language.len() <= 35 && language.split('-').all(subtag);
        Self {
            title,
            authors: lines(self.authors, 50, 200),
            language: if known { language } else { "und".into() },
            description: self.description.replace('\0', "").trim().chars().take(20_000).collect(),
            tags: lines(self.tags, 20, 60),
            series: self.series,
            contributors: self.contributors,
            licence: self.licence,
        }
    }
}

/// A chapter's title from a file, as [`Details::fitted`] does it.
pub(crate) fn fitted_title(title: &str) -> String {
    Details { title: title.to_owned(), ..Details::default() }.fitted().title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roles_that_are_described_are_those_that_there_are() {
        let schema = serde_json::to_value(schemars::schema_for!(RoleSchema)).unwrap();
        let all: Vec<&str> = aw_model::matter::ROLES.iter().map(|role| role.name).collect();
        assert_eq!(schema["pattern"], format!("^({})$", all.join("|")));
        assert_eq!(checked_role("chapter").unwrap_err().status(), 422);
    }

    fn details() -> Details {
        Details { title: " A ".into(), language: "en".into(), ..Details::default() }
    }

    #[test]
    fn what_somebody_writes_is_checked() {
        assert_eq!(details().checked().unwrap().title, "A");
        for bad in [
            Details { title: " ".into(), ..details() },
            Details { title: "a\nb".into(), ..details() },
            Details { title: "a\0b".into(), ..details() },
            Details { language: "english please".into(), ..details() },
            Details { tags: (0..21).map(|n| n.to_string()).collect(), ..details() },
            Details { authors: vec![String::new()], ..details() },
            Details { series: Some(Series { name: "S".into(), position: 0 }), ..details() },
            Details { description: "x".repeat(20_001), ..details() },
        ] {
            assert_eq!(bad.clone().checked().unwrap_err().status(), 422, "{bad:?}");
        }
    }

    #[test]
    fn what_a_file_says_is_made_to_fit() {
        let fitted = Details {
            title: format!("  Moby\n\tDick\0 {}", "x".repeat(600)),
            authors: vec!["A\0".into(), " ".into(), "A".into()],
            language: "en_GB".into(),
            tags: (0..30).map(|n| n.to_string()).collect(),
            ..Details::default()
        }
        .fitted();
        assert!(fitted.title.starts_with("Moby Dick x") && fitted.title.chars().count() == 500);
        assert_eq!((fitted.authors.len(), fitted.tags.len(), fitted.language.as_str()), (1, 20, "en-GB"));
        assert_eq!(fitted.clone().checked().unwrap(), fitted);
        assert_eq!(fitted_title("\0"), "Untitled");
    }
}
