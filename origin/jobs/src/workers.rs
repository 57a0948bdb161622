//! Who was here to work: what waits for nobody can say so.

use aw_platform::{Result, Sql, SqlExt};

/// How long after it asked a worker is taken to be there, in seconds.
const THERE: i64 = 60;

/// Notes that a worker is there. One that was noted a moment ago is not noted again.
///
/// # Errors
/// The control database refuses it.
pub(crate) async fn saw<S: Sql>(control: &S, name: &str, kind: &str) -> Result<()> {
    let upsert = "INSERT INTO workers AS w (name, kind, seen_at) VALUES ($1::text, $2::text, now()) \
        ON CONFLICT (name, kind) DO UPDATE SET seen_at = now() WHERE w.seen_at < now() - interval '10 seconds'";
    if control.execute(upsert, &[name.into(), kind.into()]).await? == 1 {
        let old = "DELETE FROM workers WHERE seen_at < now() - interval '1 day'";
        control.execute(old, &[]).await?;
    }
    Ok(())
}

/// Whether a worker for jobs of that kind is there.
///
/// # Errors
/// The control database cannot be asked.
pub(crate) async fn any<S: Sql>(control: &S, kind: &str) -> Result<bool> {
    let select = "SELECT 1::bigint FROM workers \
        WHERE kind = $1::text AND seen_at > now() - $2::bigint * interval '1 second' LIMIT 1";
    Ok(control.query_opt(select, &[kind.into(), THERE.into()]).await?.is_some())
}
