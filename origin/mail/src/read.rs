//! The outbox as the operator reads it.

use aw_origin_data::input::Page;
use aw_platform::{ApiError, Result, Row, Sql, SqlExt, Value, rfc3339};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// Where a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum State {
    /// It has yet to be sent.
    Waiting,
    /// The transport took it.
    Sent,
    /// It was given up.
    Dead,
}

impl State {
    /// From its name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "waiting" => Some(Self::Waiting),
            "sent" => Some(Self::Sent),
            "dead" => Some(Self::Dead),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }
}

/// A mail in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailSummary {
    /// A UUID.
    pub id: String,
    /// What kind it is.
    pub template: String,
    /// The address that it goes to.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// `waiting`, `sent` or `dead`.
    #[schemars(with = "State")]
    pub state: String,
    /// How often it was tried.
    pub attempts: u64,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub sent_at: Option<String>,
}

/// A whole mail. The bodies of one that was sent or given up are empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailDetail {
    /// What a list shows of it.
    #[serde(flatten)]
    pub summary: MailSummary,
    /// The plain text.
    pub text: String,
    /// The HTML document.
    pub html: String,
}

const COLUMNS: &str = "id::text, template, address, subject, state, attempts, error, \
    (extract(epoch FROM created_at) * 1000)::bigint, (extract(epoch FROM sent_at) * 1000)::bigint";

fn summary(row: &Row) -> Result<MailSummary> {
    let text = |column| row.text(column).map(str::to_owned);
    Ok(MailSummary {
        id: text(0)?,
        template: text(1)?,
        to: text(2)?,
        subject: text(3)?,
        state: text(4)?,
        attempts: row.int(5)?.unsigned_abs(),
        error: row.text_opt(6)?.map(str::to_owned),
        created_at: rfc3339(row.int(7)?.unsigned_abs()),
        sent_at: row.int_opt(8)?.map(|ms| rfc3339(ms.unsigned_abs())),
    })
}

/// A page of mails, newest first.
///
/// # Errors
/// The database cannot be asked.
pub async fn list<S: Sql>(sql: &S, page: Page, state: Option<State>) -> Result<Vec<MailSummary>> {
    let statement = format!(
        "SELECT {COLUMNS} FROM mails WHERE ($1::text IS NULL OR id < $1::text::uuid) \
         AND ($2::text IS NULL OR state = $2::text) ORDER BY id DESC LIMIT $3::bigint"
    );
    let state = Value::from(state.map(State::name));
    sql.query(&statement, &[Value::from(page.after), state, page.limit.into()]).await?.iter().map(summary).collect()
}

/// The mail with this id.
///
/// # Errors
/// 404 `MAIL_NOT_FOUND`; the database cannot be asked.
pub async fn get<S: Sql>(sql: &S, id: &str) -> Result<MailDetail, ApiError> {
    let none = || ApiError::new(404, "MAIL_NOT_FOUND", "there is no such mail");
    let id: Uuid = id.parse().map_err(|_| none())?;
    let statement = format!("SELECT {COLUMNS}, text, html FROM mails WHERE id = $1::text::uuid");
    let row = sql.query_opt(&statement, &[id.into()]).await?.ok_or_else(none)?;
    Ok(MailDetail { summary: summary(&row)?, text: row.text(9)?.to_owned(), html: row.text(10)?.to_owned() })
}
