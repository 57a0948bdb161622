//! A database of before documents.

use aw_origin_harness::World;

/// What was there when chapters were rows with HTML.
const BOOK: &str = "
INSERT INTO users (id, email, display_name, password_hash) VALUES
  ('01890000-0000-7000-8000-00000000000a', 'a@example.com', 'A', '$argon2id$x');
INSERT INTO books (id, slug, title, language, created_by, published_at, republished_at, published_slug) VALUES
  ('01890000-0000-7000-8000-000000000001', 'old', 'Old', 'en', '01890000-0000-7000-8000-00000000000a', now(), now(), 'old');
INSERT INTO chapters (id, book, number, title, html, words) VALUES
  ('01890000-0000-7000-8000-000000000011', '01890000-0000-7000-8000-000000000001', 1, 'One',
   '<p>See <a href=\"chapter:1#t-x\" rel=\"noopener noreferrer\">two</a> and <a href=\"chapter:10\">ten</a></p>', 3),
  ('01890000-0000-7000-8000-000000000012', '01890000-0000-7000-8000-000000000001', 2, 'Two', '<p>b</p>', 1);
";

#[test]
fn its_chapters_become_documents_with_links_by_id() {
    let world = World::new(&[]);
    world.control("CREATE DATABASE aw_legacy_chapters");
    let tenant = "legacy_chapters";
    for file in [
        include_str!("../../../migrations/tenant/0001_accounts.sql"),
        include_str!("../../../migrations/tenant/0002_books.sql"),
        include_str!("../../../migrations/tenant/0003_publishing.sql"),
        include_str!("../../../migrations/tenant/0004_requests.sql"),
        BOOK,
        include_str!("../../../migrations/tenant/0007_manuscripts.sql"),
    ] {
        world.sql(tenant, &format!("BEGIN; {file}; COMMIT;"));
    }
    let texts = world.sql(tenant, "SELECT t.body FROM chapters c JOIN scenes s ON s.chapter = c.id JOIN texts t ON t.sha256 = s.text ORDER BY c.number");
    assert!(texts[0].contains("href=\"chapter:01890000-0000-7000-8000-000000000012#t-x\""), "{texts:?}");
    assert!(texts[0].contains("href=\"chapter:10\"") && texts[1] == "<p>b</p>", "{texts:?}");
    let rest = "SELECT state, (SELECT role FROM collaborators), (SELECT string_agg(kind || position || released, ' ' ORDER BY number) FROM chapters), \
        (SELECT count(*) FROM revisions r JOIN revision_scenes s ON s.revision = r.id), \
        (SELECT bool_and(substr(id::text, 15, 1) = '7') FROM scenes) FROM books";
    assert_eq!(world.sql(tenant, rest), ["published|owner|body0true body1true|2|t"]);
    world.control("DROP DATABASE aw_legacy_chapters");
}
