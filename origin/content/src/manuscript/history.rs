//! Writing history: what was saved becomes a revision.

use aw_ingress::Caller;
use aw_origin_data::input::actor;
use aw_platform::{Platform, Result, Sql, Value, uuid_v7};

/// Why there is a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Somebody wrote it.
    Written,
    /// Scenes came, went or changed places.
    Moved,
    /// An earlier one was restored.
    Restored,
}

impl Cause {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Moved => "moved",
            Self::Restored => "restored",
        }
    }
}

/// Keeps a chapter as it is now as its next revision, in the caller's transaction. The book has changed with it.
///
/// # Errors
/// The database refuses it.
pub(super) async fn record<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    chapter: &str,
    cause: Cause,
) -> Result<()> {
    let row: [Value; 4] = [uuid_v7(p).into(), chapter.into(), actor(caller).into(), cause.name().into()];
    let insert = "WITH now AS ( \
            UPDATE chapters SET revision = revision + 1, version = version + 1, updated_at = now(), \
                words = (SELECT coalesce(sum(t.words), 0)::bigint FROM scenes s JOIN texts t ON t.sha256 = s.text \
                    WHERE s.chapter = $2::text::uuid) \
            WHERE id = $2::text::uuid RETURNING id, book, revision, title, words), \
        touched AS (UPDATE books SET revision = revision + 1, updated_at = now() WHERE id = (SELECT book FROM now)), \
        made AS ( \
            INSERT INTO revisions (id, chapter, number, title, words, author, cause) \
            SELECT $1::text::uuid, id, revision, title, words, $3::text, $4::text FROM now RETURNING id) \
        INSERT INTO revision_scenes (revision, position, scene, title, text) \
        SELECT made.id, s.position, s.id, s.title, s.text FROM scenes s, made WHERE s.chapter = $2::text::uuid";
    sql.execute(insert, &row).await.map(drop)
}
