//! Texts: documents, addressed by the SHA-256 of their JSON.

use aw_manuscript::{Document, MAX_CHAPTER, Targets};
use aw_origin_data::objects::sha256;
use aw_platform::{ApiError, Error, Result, Sql, Value};
use serde_json::json;

/// How much text goes into one statement, in bytes.
const CHUNK: usize = 1_000_000;

/// A text, ready to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) sha256: String,
    /// The document's JSON.
    pub(crate) body: String,
    pub(crate) words: u32,
}

impl Text {
    pub(crate) fn new(document: &Document) -> Result<Self> {
        let body = serde_json::to_string(document).map_err(|e| Error::internal(e.to_string()))?;
        Ok(Self { sha256: sha256(body.as_bytes()), words: document.count(), body })
    }
}

/// The document of a row of table `texts`.
pub(crate) fn document(format: &str, body: &str) -> Result<Document> {
    match format {
        "html" => Ok(Document::from_html(body)),
        _ => serde_json::from_str(body).map_err(|e| Error::internal(format!("a text: {e}"))),
    }
}

/// What the links and pictures of a book's texts may name.
///
/// # Errors
/// The database cannot be asked.
pub(crate) async fn targets<S: Sql>(sql: &S, book: &str) -> Result<Targets> {
    // A row for each chapter, and one for all pictures.
    let select = "SELECT id::text, number FROM chapters WHERE book = $1::text::uuid \
        UNION ALL SELECT NULL, count(*) FROM assets WHERE book = $1::text::uuid";
    let mut targets = Targets::default();
    let mut chapters = Vec::new();
    for row in sql.query(select, &[book.into()]).await? {
        match row.text_opt(0)? {
            Some(id) => chapters.push((row.int(1)?, id.to_owned())),
            None => targets.assets = usize::try_from(row.int(1)?).unwrap_or_default(),
        }
    }
    chapters.sort_unstable();
    targets.chapters = chapters.into_iter().map(|(_, id)| id).collect();
    Ok(targets)
}

/// The document of HTML that somebody wrote.
///
/// # Errors
/// 413 `CONTENT_CHAPTER_TOO_LONG`.
pub(crate) fn compose(html: &str, targets: &Targets) -> Result<Document, ApiError> {
    let long = || {
        let why = format!("a chapter has at most {MAX_CHAPTER} bytes");
        ApiError::new(413, "CONTENT_CHAPTER_TOO_LONG", why)
    };
    // Markup that goes away is not counted twice: what is far too long is not even looked at.
    if html.len() > 2 * MAX_CHAPTER {
        return Err(long());
    }
    let document = aw_manuscript::compose(&html.replace('\0', ""), targets);
    if document.html().len() > MAX_CHAPTER { Err(long()) } else { Ok(document) }
}

/// Keeps texts, in the caller's transaction. One that is there already costs nothing.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn keep<S: Sql>(sql: &S, texts: &[&Text]) -> Result<()> {
    // What is there is locked, so that nobody sweeps it away before it is named; in order, so that two do not wait
    // for each other.
    let mut sorted = texts.to_vec();
    sorted.sort_by(|a, b| a.sha256.cmp(&b.sha256));
    sorted.dedup_by(|a, b| a.sha256 == b.sha256);
    let insert = "INSERT INTO texts AS t (sha256, format, body, words) \
        SELECT sha256, 'document', body, words FROM jsonb_to_recordset($1::text::jsonb) \
            AS x(sha256 text, body text, words bigint) ORDER BY sha256 \
        ON CONFLICT (sha256) DO UPDATE SET words = t.words";
    let (mut rows, mut size) = (Vec::new(), 0);
    for (n, text) in sorted.iter().enumerate() {
        size += text.body.len();
        rows.push(json!({ "sha256": text.sha256, "body": text.body, "words": text.words }));
        if size >= CHUNK || n + 1 == sorted.len() {
            sql.execute(insert, &[Value::from(json!(rows).to_string())]).await?;
            (rows, size) = (Vec::new(), 0);
        }
    }
    Ok(())
}

/// Forgets those of these texts that nothing names any more, in the caller's transaction.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn sweep<S: Sql>(sql: &S, hashes: &[String]) -> Result<()> {
    let hashes = Value::from(json!(hashes).to_string());
    // Who is about to name one has locked its row: that one stays.
    let lock = "SELECT sha256 FROM texts WHERE sha256 IN (SELECT jsonb_array_elements_text($1::text::jsonb)) \
        ORDER BY sha256 FOR UPDATE SKIP LOCKED";
    let mut locked = Vec::new();
    for row in sql.query(lock, &[hashes]).await? {
        locked.push(row.text(0)?.to_owned());
    }
    let delete = "DELETE FROM texts t WHERE sha256 IN (SELECT jsonb_array_elements_text($1::text::jsonb)) \
        AND NOT EXISTS (SELECT 1 FROM scenes s WHERE s.text = t.sha256) \
        AND NOT EXISTS (SELECT 1 FROM revision_scenes r WHERE r.text = t.sha256)";
    sql.execute(delete, &[Value::from(json!(locked).to_string())]).await.map(drop)
}
