//! Long work of the author's, as far as the operation is about it: what a worker takes minutes for is put there.

use crate::{press::Press, things::Things};

/// A job that waits; one that runs, for what a worker says of it; one that is done, for its result.
pub(super) fn make(press: &Press<'_>, operation: &str) -> Things {
    let author = press.person("author", "author");
    let (id, lease) = (press.uuid(), format!("lease-{}", press.next()));
    let file = matches!(operation, "linkJobResult" | "completeJob").then(|| super::files::make(press, "getFile"));
    let quoted = file.as_ref().map_or("NULL".to_owned(), |file| format!("'{}'", file.get("id")));
    let state = match operation {
        "linkJobResult" => format!("'done', NULL, NULL, now(), {quoted}"),
        "renewJob" | "completeJob" | "failJob" => {
            format!("'running', '{lease}', now() + interval '1 hour', NULL, NULL")
        }
        _ => "'waiting', NULL, NULL, NULL, NULL".to_owned(),
    };
    let insert = format!(
        "INSERT INTO jobs (id, kind, subject, input, owner, state, lease, lease_until, ended_at, file, error, due_at) \
         VALUES ('{id}', 'test', 'book:{id}', '{{}}', '{}', {state}, '{}', now() + interval '1 hour')",
        author.id, press.marker
    );
    press.world.sql(&press.tenant, &insert);
    let things = Things::default().with("id", id).with("lease", lease);
    match &file {
        Some(file) => things.with("file", file.get("id")),
        None => things,
    }
}
