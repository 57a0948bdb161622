//! `/v1/account/preferences`: how somebody reads, and what they want mail about.

use aw_origin_data::ask::Ask;
use aw_platform::{ApiError, Error, Response, Result, Row, Sql, SqlExt, SqlPlatform, http::Method};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::account;

/// The colours of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// Brown on cream.
    Sepia,
}

/// What mail is wanted about, besides one's own account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MailOptIns {
    /// What the press has to say.
    news: bool,
    /// What the authors publish whom one follows.
    publications: bool,
    /// Who follows oneself.
    followers: bool,
}

/// An account's preferences. What was never set is as it is here by default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Preferences {
    theme: Theme,
    /// In CSS pixels.
    #[schemars(range(min = 10, max = 40))]
    font_size: u32,
    /// BCP 47; none: as the browser says.
    language: Option<String>,
    mail: MailOptIns,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { theme: Theme::System, font_size: 18, language: None, mail: MailOptIns::default() }
    }
}

/// What is to change of it; `null` takes a language away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PreferencesChange {
    theme: Option<Theme>,
    #[schemars(range(min = 10, max = 40))]
    font_size: Option<u32>,
    /// BCP 47.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 2, max = 35), regex(pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"))]
    language: Option<Option<String>>,
    mail: Option<MailChange>,
}

/// What is to change of mail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MailChange {
    news: Option<bool>,
    publications: Option<bool>,
    followers: Option<bool>,
}

/// A field that is there, be it null.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Preferences {
    /// # Errors
    /// 422 with a code for each field.
    fn changed(mut self, change: &PreferencesChange) -> Result<Self, ApiError> {
        if let Some(theme) = change.theme {
            self.theme = theme;
        }
        if let Some(size) = change.font_size {
            if !(10..=40).contains(&size) {
                return Err(ApiError::new(422, "USER_FONT_SIZE_INVALID", "a font has 10 to 40 pixels"));
            }
            self.font_size = size;
        }
        if let Some(language) = &change.language {
            if language.as_deref().is_some_and(|language| !is_language(language)) {
                let why = "a language is a BCP 47 tag such as de or pt-BR";
                return Err(ApiError::new(422, "USER_LANGUAGE_INVALID", why));
            }
            self.language.clone_from(language);
        }
        if let Some(mail) = &change.mail {
            self.mail.news = mail.news.unwrap_or(self.mail.news);
            self.mail.publications = mail.publications.unwrap_or(self.mail.publications);
            self.mail.followers = mail.followers.unwrap_or(self.mail.followers);
        }
        Ok(self)
    }
}

/// The outer form of a BCP 47 tag (RFC 5646, section 2.1).
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    tag.len() <= 35
        && (2..=8).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Answers `/v1/account/preferences`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let user = ask.account()?;
    let (preferences, version) = match ask.head.method {
        Method::GET => read(&ask.sql().await?, user, "").await?,
        Method::PATCH => {
            let expected = ask.expected()?;
            let change: PreferencesChange = ask.json()?;
            let sql = ask.sql().await?;
            sql.transaction(async |sql| {
                let (there, version) = read(sql, user, "FOR UPDATE").await?;
                expected.check(version)?;
                let changed = there.changed(&change)?;
                let update = "UPDATE users SET preferences = $2::text, version = version + 1, updated_at = now() \
                    WHERE id = $1::text::uuid";
                sql.execute(update, &[user.into(), json!(changed).to_string().into()]).await?;
                Ok::<_, ApiError>((changed, version + 1))
            })
            .await?
        }
        _ => return Err(ApiError::method_not_allowed()),
    };
    Ok(ask.versioned(200, preferences, version))
}

async fn read<S: Sql>(sql: &S, user: &str, lock: &str) -> Result<(Preferences, i64), ApiError> {
    let find =
        format!("SELECT preferences, version FROM users WHERE id = $1::text::uuid AND deleted_at IS NULL {lock}");
    let row: Row = sql.query_opt(&find, &[user.into()]).await?.ok_or_else(account::gone)?;
    let preferences = serde_json::from_str(row.text(0)?).map_err(|e| Error::internal(e.to_string()))?;
    Ok((preferences, row.int(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_their_form() {
        for good in ["de", "pt-BR", "zh-Hant-TW", "sl-rozaj-biske-1994"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["", "d", "de_DE", "de-", "1a", "de-abcdefghi", "de\0"] {
            assert!(!is_language(bad), "{bad}");
        }
    }

    #[test]
    fn what_was_never_set_has_its_default() {
        let empty: Preferences = serde_json::from_str("{}").unwrap();
        assert_eq!(empty, Preferences::default());
        let old: Preferences = serde_json::from_str(r#"{"theme":"dark","colour":"red","mail":{"news":true}}"#).unwrap();
        assert!(old.theme == Theme::Dark && old.mail.news && !old.mail.followers && old.font_size == 18);
    }
}
