//! Who may do what with which book.

use aw_origin_harness::{Answer, Who, World};
use serde_json::{Value, json};

use super::text;

struct Press {
    world: World,
    tenant: String,
}

impl Press {
    /// A press with the accounts of these names.
    fn new(tenant: &str, names: &[&str]) -> Self {
        let world = World::new(&[]);
        let tenant = world.tenant(tenant);
        for name in names {
            let insert = format!(
                "INSERT INTO users (id, email, display_name, password_hash) \
                 VALUES ('{}', '{name}@example.com', '{name}', '$argon2id$x')",
                id(name)
            );
            world.sql(&tenant, &insert);
        }
        Self { world, tenant }
    }

    fn ask(&self, name: &str, roles: &str, method: &str, target: &str, body: &Value) -> Answer {
        let who = Who::stranger(&self.tenant, [192, 0, 2, 1].into()).user(&id(name), roles);
        let fields = [("content-type", "application/json"), ("if-match", "*")];
        self.world.ask(&who, method, target, &fields, body.to_string().as_bytes())
    }

    fn slugs(&self, name: &str, roles: &str) -> Vec<String> {
        let all = self.ask(name, roles, "GET", "/v1/drafts", &json!({})).expect(200).json();
        all["data"].as_array().unwrap().iter().map(|b| text(b, "slug").to_owned()).collect()
    }
}

fn id(name: &str) -> String {
    let n: u64 = name.bytes().map(u64::from).sum();
    format!("01890000-0000-7000-8000-{n:012}")
}

#[test]
fn an_author_has_the_books_that_they_work_on() {
    let press = Press::new("workers", &["ann", "bob", "chief"]);
    for (who, title) in [("ann", "Hers"), ("bob", "His")] {
        let _ = press.ask(who, "author", "POST", "/v1/books", &json!({ "title": title })).expect(201);
    }
    assert_eq!(press.slugs("ann", "author"), ["hers"]);
    assert_eq!(press.slugs("chief", "editor"), ["his", "hers"]);
    assert_eq!(press.slugs("bob", "reader"), ["his"], "it is theirs, whatever else they are");
    assert_eq!(press.slugs("stranger", "author"), [] as [&str; 0]);
    for (method, target) in [
        ("GET", "/v1/drafts/his"),
        ("PATCH", "/v1/books/his"),
        ("DELETE", "/v1/books/his"),
        ("POST", "/v1/books/his/publish"),
        ("GET", "/v1/drafts/his/structure"),
        ("GET", "/v1/drafts/his/chapters/1"),
        ("GET", "/v1/drafts/his/chapters/1/revisions"),
        ("GET", "/v1/drafts/his/collaborators"),
        ("GET", "/v1/drafts/his/schedule"),
    ] {
        assert_eq!(press.ask("ann", "author", method, target, &json!({})).expect(404).code(), "CONTENT_BOOK_NOT_FOUND");
    }
    let stranger = Who::stranger(&press.tenant, [192, 0, 2, 1].into());
    assert_eq!(press.world.get(&stranger, "/v1/drafts").status, 401);
}

#[test]
fn every_role_has_its_rights_and_no_more() {
    let press = Press::new("rights", &["ann", "bob"]);
    let _ = press.ask("ann", "author", "POST", "/v1/books", &json!({ "title": "Book" })).expect(201);
    let chapter = json!({ "title": "One", "html": "<p>x</p>" });
    let _ = press.ask("ann", "author", "PUT", "/v1/books/book/chapters/1", &chapter).expect(201);
    let read = ("GET", "/v1/drafts/book/chapters/1", json!({}));
    let write = ("PUT", "/v1/books/book/chapters/1", chapter.clone());
    let edit = ("PATCH", "/v1/books/book", json!({ "description": "d" }));
    let publish = ("POST", "/v1/books/book/publish", json!({}));
    let own = ("POST", "/v1/books/book/collaborators", json!({ "email": "bob@example.com", "role": "owner" }));
    for (role, rights) in [("viewer", 1), ("commenter", 1), ("author", 2), ("editor", 4), ("owner", 5)] {
        let invitation = json!({ "email": " Bob@Example.com", "role": role });
        let invited =
            press.ask("ann", "author", "POST", "/v1/books/book/collaborators", &invitation).expect(201).data();
        assert_eq!((text(&invited, "user"), text(&invited, "role")), (id("bob").as_str(), role));
        let all = [&read, &write, &edit, &publish, &own];
        for (n, (method, target, body)) in all.into_iter().enumerate() {
            let answer = press.ask("bob", "reader", method, target, body);
            let expected =
                if n < rights { matches!(answer.status, 200 | 201) } else { answer.code() == "CONTENT_RIGHT_REQUIRED" };
            assert!(expected, "{role} {method} {target}: {} {}", answer.status, answer.json());
        }
    }
    // Ann leaves, for Bob is an owner; then he is the last.
    let leave = |who: &str| {
        press.ask(who, "author", "DELETE", &format!("/v1/books/book/collaborators/{}", id(who)), &json!({}))
    };
    let _ = leave("ann").expect(204);
    assert_eq!(press.ask("ann", "author", "GET", "/v1/drafts/book", &json!({})).status, 404);
    assert_eq!(leave("bob").expect(409).code(), "CONTENT_OWNER_REQUIRED");
    let target = format!("/v1/books/book/collaborators/{}", id("bob"));
    assert_eq!(press.ask("bob", "author", "PATCH", &target, &json!({ "role": "viewer" })).status, 409);
    let nobody = json!({ "email": "nobody@example.com", "role": "viewer" });
    let refused = press.ask("bob", "author", "POST", "/v1/books/book/collaborators", &nobody).expect(422);
    assert_eq!(refused.code(), "CONTENT_ACCOUNT_NOT_FOUND");
    let listed = press.ask("bob", "author", "GET", "/v1/drafts/book/collaborators", &json!({})).expect(200).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
}
