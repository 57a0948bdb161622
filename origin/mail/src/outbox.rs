//! Into the outbox.

use aw_platform::{Platform, Result, Sql, Value, uuid_v7};
use uuid::Uuid;

use crate::Letter;

/// A mail to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// What kind it is, in kebab-case: `verify-email`.
    pub template: &'static str,
    /// Whose account it is about; it goes when the account does.
    pub user: Option<String>,
    /// The address that it goes to, as accounts have theirs.
    pub to: String,
    /// The subject, at most 300 characters; control characters become spaces.
    pub subject: String,
    /// What it says; its sender is the mail's.
    pub letter: Letter,
    /// Seconds after which it is not worth sending.
    pub life: i64,
}

/// Puts a mail into the outbox, in the caller's transaction; gives its id.
///
/// # Errors
/// The database refuses it.
pub async fn queue<P: Platform, S: Sql>(p: &P, sql: &S, mail: &Mail) -> Result<Uuid> {
    let id = uuid_v7(p);
    let row: [Value; 9] = [
        id.into(),
        Value::from(mail.user.as_deref()),
        mail.template.into(),
        (&mail.to).into(),
        line(&mail.letter.sender, 200).into(),
        line(&mail.subject, 300).into(),
        mail.letter.text().into(),
        mail.letter.html().into(),
        mail.life.into(),
    ];
    let insert = "INSERT INTO mails (id, user_id, template, address, sender, subject, text, html, expires_at) \
        VALUES ($1::text::uuid, $2::text::uuid, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, \
            now() + $9::bigint * interval '1 second')";
    sql.execute(insert, &row).await?;
    Ok(id)
}

/// `text` as one line of a header, at most `most` characters.
fn line(text: &str, most: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_header_is_one_line() {
        assert_eq!(super::line("Press\r\nBcc: all@example.org", 14), "Press  Bcc: al");
    }
}
