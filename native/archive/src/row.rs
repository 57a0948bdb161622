//! A row on its way: secrets opened or sealed, keys of another tenant's.

use std::collections::BTreeMap;

use aw_platform::Platform;
use aw_trust::{Key, sealed};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::value::RawValue;

use crate::{
    ArchiveError,
    catalogue::{Column, Table},
};

/// A row's columns as JSON, unparsed: numbers stay what they are, digit for digit.
type Columns = BTreeMap<String, Box<RawValue>>;

/// What becomes of secrets.
pub(crate) enum Secrets<'a, P> {
    /// They are opened.
    Open(&'a Key),
    /// They are sealed.
    Seal(&'a P, &'a Key),
}

/// What becomes of rows.
pub(crate) struct Manner<'a, P> {
    pub(crate) secrets: Secrets<'a, P>,
    /// The tenant whose they are or will be.
    pub(crate) tenant: &'a str,
    /// Whose they were, where that is another.
    pub(crate) former: Option<&'a str>,
}

/// Changes the rows of a table.
pub(crate) struct Change<'a, P> {
    pub(crate) table: &'a Table,
    pub(crate) manner: &'a Manner<'a, P>,
}

impl<P: Platform> Change<'_, P> {
    /// Whether there is anything to change in any row.
    pub(crate) fn is_needed(&self) -> bool {
        self.manner.former.is_some() || self.table.columns.iter().any(|column| column.sealed.is_some())
    }

    /// The row, changed.
    ///
    /// # Errors
    /// It is none, or a secret does not open.
    pub(crate) fn apply(&self, line: &str) -> Result<String, ArchiveError> {
        let broken = |e: serde_json::Error| ArchiveError::damaged(format!("a row of {}: {e}", self.table.name));
        let mut columns: Columns = serde_json::from_str(line).map_err(broken)?;
        if let Some(former) = self.manner.former {
            for column in self.table.columns.iter().filter(|column| column.kind == "text") {
                let moved = columns.get(&column.name).and_then(|value| moved(value.get(), former, self.manner.tenant));
                if let Some(moved) = moved {
                    columns.insert(column.name.clone(), RawValue::from_string(moved).map_err(broken)?);
                }
            }
        }
        for column in &self.table.columns {
            if let Some(changed) = self.secret(column, &columns)? {
                let text = serde_json::Value::from(changed).to_string();
                columns.insert(column.name.clone(), RawValue::from_string(text).map_err(broken)?);
            }
        }
        serde_json::to_string(&columns).map_err(broken)
    }

    /// The text of a column with a secret, opened or sealed; `None` where it has none.
    fn secret(&self, column: &Column, columns: &Columns) -> Result<Option<String>, ArchiveError> {
        let Some(context) = &column.sealed else { return Ok(None) };
        let unfit = |what: &str| Err(ArchiveError::Unfit(format!("{}.{}: {what}", self.table.name, column.name)));
        let Some(text) = columns.get(&column.name).and_then(|value| plain(value.get())) else { return Ok(None) };
        let Some(context) = sealed::context(context, self.manner.tenant, |name| plain(columns.get(name)?.get())) else {
            return unfit("its comment names a column that is not there");
        };
        let Some(bytes) = decode(column, &text) else { return unfit("it has not the form of something sealed") };
        let changed = match &self.manner.secrets {
            Secrets::Open(key) => match sealed::open(key, &context, &bytes) {
                Some(opened) => opened,
                None => {
                    return unfit("a secret does not open: it was sealed with another master key, or for another row");
                }
            },
            Secrets::Seal(p, key) => {
                let mut nonce = [0; sealed::NONCE];
                p.random(&mut nonce);
                sealed::seal(key, &context, &bytes, nonce)
            }
        };
        Ok(Some(encode(column, &changed)))
    }
}

/// The text of a JSON string, or a number or a truth value as it stands; `None` for null.
fn plain(json: &str) -> Option<String> {
    match json {
        "null" => None,
        text if text.starts_with('"') => serde_json::from_str(text).ok(),
        other => Some(other.to_owned()),
    }
}

/// Bytes as PostgreSQL writes a `bytea`, or in base64url.
fn encode(column: &Column, bytes: &[u8]) -> String {
    if column.kind == "bytea" {
        return format!("\\x{}", crate::writer::hex(bytes));
    }
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(column: &Column, text: &str) -> Option<Vec<u8>> {
    if column.kind != "bytea" {
        return BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    }
    let digits = text.strip_prefix("\\x")?;
    let byte = |n| u8::from_str_radix(digits.get(n..n + 2)?, 16).ok();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// A JSON string that is a key of the tenant `former`'s, `KIND/FORMER/…` ([`aw_model::key`] and the object store's), as one
/// of `tenant`'s; `None` for anything else. No prose has that form.
fn moved(json: &str, former: &str, tenant: &str) -> Option<String> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    let rest = text.get(1..)?.strip_prefix('/')?.strip_prefix(former)?.strip_prefix('/')?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"./_-".contains(&b);
    let is_key = text.starts_with(|c: char| c.is_ascii_lowercase()) && !rest.is_empty() && rest.bytes().all(plain);
    is_key.then(|| format!("\"{}/{tenant}/{rest}\"", &text[..1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_and_nothing_else_does() {
        let moved = |text: &str| moved(text, "old", "new");
        assert_eq!(moved("\"m/old/whale\"").as_deref(), Some("\"m/new/whale\""));
        assert_eq!(moved("\"f/old/id/0\"").as_deref(), Some("\"f/new/id/0\""));
        for other in
            ["\"m/older/whale\"", "\"m/old/\"", "\"m/old/a whale\"", "\"M/old/a\"", "null", "7", "\"\"", "\"é/old/a\""]
        {
            assert_eq!(moved(other), None, "{other}");
        }
    }

    #[test]
    fn secrets_are_opened_and_sealed_with_another_key_for_another_tenant() {
        let (old, new) = (Key::new([1; 32]), Key::new([2; 32]));
        let column = |name: &str, kind: &str, sealed: Option<&str>| Column {
            name: name.into(),
            kind: kind.into(),
            sealed: sealed.map(str::to_owned),
        };
        let columns = vec![
            column("user_id", "uuid", None),
            column("sealed", "bytea", Some("totp {tenant} {user_id}")),
            column("api_key", "text", Some("{tenant}\\0payments")),
            column("amount", "numeric", None),
        ];
        let table = Table { name: "t".into(), columns, key: Vec::new() };
        let bytes = sealed::seal(&old, "totp old u1", b"\x00secret", [7; 24]);
        let text = sealed::seal(&old, "old\0payments", b"sk_1", [8; 24]);
        let row = format!(
            r#"{{"user_id":"u1","sealed":"\\x{}","api_key":"{}","amount":1.10000000000000000000000001}}"#,
            crate::writer::hex(&bytes),
            BASE64_URL_SAFE_NO_PAD.encode(&text)
        );
        let open = Manner::<aw_native::Native> { secrets: Secrets::Open(&old), tenant: "old", former: None };
        let opened = Change { table: &table, manner: &open }.apply(&row).unwrap();
        assert!(
            opened.contains(r#""sealed":"\\x00736563726574""#) && opened.contains(r#""api_key":"c2tfMQ""#),
            "{opened}"
        );
        assert!(opened.contains("1.10000000000000000000000001"), "{opened}");
        let sealed_row = aw_native::work(aw_native::Settings::default(), async |p| {
            let seal = Manner { secrets: Secrets::Seal(&p, &new), tenant: "new", former: Some("old") };
            Change { table: &table, manner: &seal }.apply(&opened).unwrap()
        })
        .unwrap();
        let reopen = Manner::<aw_native::Native> { secrets: Secrets::Open(&new), tenant: "new", former: None };
        assert_eq!(Change { table: &table, manner: &reopen }.apply(&sealed_row).unwrap(), opened);
        assert!(Change { table: &table, manner: &open }.apply(&sealed_row).is_err(), "not with the old key");
        let none = r#"{"user_id":"u1","sealed":null,"api_key":null,"amount":null}"#;
        assert!(Change { table: &table, manner: &open }.apply(none).unwrap().contains(r#""sealed":null"#));
    }
}
