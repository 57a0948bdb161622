//! What an edge answers itself.

mod schemas;

use aw_openapi::{Access, Operation};

use schemas::{BookCard, ChapterText, Published, Session};

/// Of `limit` of the list of books; [`PAGE`](aw_model::catalogue::PAGE) is the edge's.
const LIMIT: &str = "How many at most: 1 to 100, 20 where it is left out";

/// The edge's routes under `/v1`. Their data is what the origin published: manifests and cards of books.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/books", "listPublishedBooks")
            .about("reading", "What is published, newest first; answered at the edge")
            .query::<String>("tag", "Only with this tag (its slug)")
            .query::<String>("author", "Only of this author (their slug)")
            .query::<String>("series", "Only of this series (its slug)")
            .pages_limited::<BookCard>(LIMIT)
            .refuses(&[404]),
        Operation::get("/v1/books/{book}", "getPublishedBook")
            .about("reading", "A published book and its chapters; answered at the edge")
            .path::<String>("book", "The book's slug or id")
            .answers::<Published>(200)
            .answers_nothing(304)
            .answers_nothing(308)
            .refuses(&[404, 412]),
        Operation::get("/v1/books/{book}/chapters/{number}", "getPublishedChapter")
            .about("reading", "A published chapter, to who may read it; answered at the edge")
            .path::<String>("book", "The book's slug or id")
            .path::<String>("number", "The chapter's number")
            .answers::<ChapterText>(200)
            .answers_nothing(304)
            .answers_nothing(308)
            .refuses(&[401, 402, 403, 404, 412]),
        Operation::get("/v1/auth/session", "getSession")
            .about("auth", "Who the token says one is; answered at the edge, from the token alone")
            .access(Access::Public)
            .answers::<Session>(200),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_of_books_is_as_long_as_it_says() {
        let page = aw_model::catalogue::PAGE;
        assert!(super::LIMIT.contains(&format!(", {page} where")), "{page}");
    }
}
