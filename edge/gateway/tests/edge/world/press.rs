//! A tenant with one book, as the origin would publish them.

use std::{collections::BTreeMap, sync::OnceLock};

use aw_model::{
    Access, Asset, Book, BookCard, Chapter, Leaf, Manifest, ObjectRef, Shelf, Tenant, TokenKey, key, object, record,
};
use aw_pages::{ChapterPage, chapter_page};
use aw_platform::Bytes;
use aw_trust::{
    digest,
    key::{seal, tenant_key},
    token::{Claims, mint},
};
use serde::Serialize;

use super::{HOST, SECRET};

/// The book's id.
pub(crate) const WHALE: &str = "019b7700-0000-7000-8000-000000000001";
const MASTER: &[u8] = b"a master key of at least thirty-two bytes";
/// 2026-01-01T00:00:00Z, where the reference platform's clock begins.
pub(crate) const START: u64 = 1_767_225_600;

/// A part of the book as a file, which has many of them.
pub(crate) const EPUB: &[u8] = b"PK\x03\x04 the whale";

/// The tenant and what it has published.
pub(crate) struct Press {
    pub(crate) tenant: Tenant,
    pub(crate) book: Manifest,
    pub(crate) objects: BTreeMap<String, Bytes>,
}

impl Press {
    /// The press, made once: hashing its long chapter takes a while.
    pub(crate) fn get() -> &'static Self {
        static PRESS: OnceLock<Press> = OnceLock::new();
        PRESS.get_or_init(Self::new)
    }

    /// Chapters: 1 free, 2 for members, 3 for the tier gold, 4 free and longer than two parts.
    fn new() -> Self {
        let tenant = Tenant {
            id: "press".into(),
            name: "The Press".into(),
            base_url: format!("https://{HOST}"),
            keys: ["k2", "k1"].map(|kid| token_key("press", kid)).into(),
            revoked: Vec::new(),
            providers: Vec::new(),
            suspended: false,
        };
        let mut objects = BTreeMap::new();
        let book = book(&tenant, &mut objects);
        Self { tenant, book, objects }
    }

    /// All values by key.
    pub(crate) fn values(&self) -> Vec<(String, Bytes)> {
        let mut values: Vec<(String, Bytes)> = self.objects.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        let whale = &self.book.book;
        let card = BookCard {
            id: whale.id.clone(),
            slug: whale.slug.clone(),
            title: whale.title.clone(),
            authors: whale.authors.clone(),
            tags: whale.tags.clone(),
            series: None,
            cover: None,
            chapters: 4,
            published_at: whale.published_at.clone(),
            epub: Some(Access::Tier("gold".into())),
            ..BookCard::default()
        };
        let shelf = |name: &str| encode(&Shelf { name: name.into(), count: 1, next: 1 });
        let leaf = in_lines(&Leaf { books: vec![(0, card)] }.to_json().unwrap());
        for (name, shown) in
            [("newest", "Newest"), ("tag/sea-stories", "Sea Stories"), ("author/herman-melville", "Herman Melville")]
        {
            values.push((key::shelf("press", name), shelf(shown)));
            values.push((key::leaf("press", name, 0), leaf.clone()));
        }
        values.push((key::host(HOST), encode(&self.tenant)));
        values.push((key::manifest("press", "whale"), in_lines(&self.book.to_json().unwrap())));
        values.push((key::book_id("press", WHALE), encode(&"whale")));
        values
    }

    /// An object's bytes.
    pub(crate) fn object(&self, wanted: &ObjectRef) -> Bytes {
        let parts =
            (0..object::parts(wanted.size)).map(|n| &self.objects[&key::object("press", &wanted.sha256, n)][..]);
        parts.collect::<Vec<_>>().concat().into()
    }

    pub(crate) fn page(&self, number: u32) -> Bytes {
        self.object(&self.book.chapters[number as usize - 1].page)
    }

    /// A token of this press for a reader with these entitlements.
    pub(crate) fn token(&self, ent: &[&str]) -> String {
        sign("press", "k2", &self.claims(ent))
    }

    /// What it says.
    pub(crate) fn claims(&self, ent: &[&str]) -> Claims {
        Claims {
            iss: self.tenant.base_url.clone(),
            aud: self.tenant.base_url.clone(),
            sub: "u-1".into(),
            tenant: "press".into(),
            sid: "s-1".into(),
            roles: vec!["reader".into()],
            ent: ent.iter().map(|e| (*e).to_owned()).collect(),
            email_verified: true,
            iat: START,
            exp: START + 600,
            jti: "j-1".into(),
        }
    }
}

/// Claims signed with a tenant's key.
pub(crate) fn sign(tenant: &str, kid: &str, claims: &Claims) -> String {
    mint(&tenant_key(MASTER, tenant, kid).unwrap(), kid, claims)
}

/// A tenant's key, sealed for the edge.
pub(crate) fn token_key(tenant: &str, kid: &str) -> TokenKey {
    let key = tenant_key(MASTER, tenant, kid).unwrap();
    TokenKey { kid: kid.into(), sealed: seal(SECRET.as_bytes(), tenant, kid, &key, [7; 24]).unwrap() }
}

/// A record of version 1.
pub(crate) fn encode<T: Serialize>(value: &T) -> Bytes {
    record::encode(1, Some(value)).unwrap().into()
}

/// A record of version 1, of JSON that is written line by line.
pub(crate) fn in_lines(json: &str) -> Bytes {
    record::join(1, json).into()
}

fn book(tenant: &Tenant, objects: &mut BTreeMap<String, Bytes>) -> Manifest {
    let book = Book {
        id: WHALE.into(),
        slug: "whale".into(),
        title: "The Whale".into(),
        authors: vec!["Herman Melville".into()],
        language: "en".into(),
        description: "A voyage.".into(),
        tags: vec!["Sea Stories".into()],
        series: None,
        contributors: vec![],
        licence: None,
        cover: None,
        published_at: "2025-12-01T00:00:00.000Z".into(),
        updated_at: "2025-12-01T00:00:00.000Z".into(),
    };
    let long = "<p>Call me Ishmael.</p>".repeat(100_000);
    let chapters = [
        ("Loomings", Access::Free, "<p>Call me Ishmael.</p>"),
        ("The Carpet-Bag", Access::Members, "<p>I stuffed a shirt or two.</p>"),
        ("The Spouter-Inn", Access::Tier("gold".into()), "<p>Entering that gable-ended Spouter-Inn.</p>"),
        ("The Counterpane", Access::Free, &long),
    ];
    let titles: Vec<&str> = chapters.iter().map(|(title, ..)| *title).collect();
    let near = |n: u32| titles.get((n as usize).wrapping_sub(1)).map(|title| (n, *title));
    let mut list = Vec::new();
    for (number, (title, access, html)) in (1..).zip(&chapters) {
        let page = chapter_page(&ChapterPage {
            book: &book,
            number,
            title,
            html,
            prev: near(number.wrapping_sub(1)),
            next: near(number + 1),
            base_url: &tenant.base_url,
            tenant_name: &tenant.name,
        });
        let data = serde_json::json!({ "number": number, "title": title, "html": html }).to_string();
        list.push(Chapter {
            id: format!("019b7700-0000-7000-8000-00000000010{number}"),
            number,
            title: (*title).into(),
            part: None,
            matter: Default::default(),
            role: None,
            access: access.clone(),
            openings: vec![],
            words: 3,
            published_at: format!("2025-12-0{number}T00:00:00.000Z"),
            page: freeze(objects, page.into()),
            data: freeze(objects, data.into()),
        });
    }
    let mut picture = |access, media_type: &str, bytes: &'static [u8], ext| {
        let object = freeze(objects, Bytes::from_static(bytes));
        (format!("{}.{ext}", object.sha256), Asset { object, media_type: media_type.into(), access, openings: vec![] })
    };
    let assets = [
        picture(Access::Free, "image/png", b"\x89PNG free", "png"),
        picture(Access::Tier("gold".into()), "image/jpeg", b"\xff\xd8 gold", "jpg"),
        picture(Access::Free, "image/svg+xml", b"<svg onload='alert(1)'/>", "svg"),
    ];
    let epub = freeze(objects, EPUB.repeat(100_000).into());
    let epub = Some(Asset {
        object: epub,
        media_type: aw_model::EPUB.into(),
        access: Access::Tier("gold".into()),
        openings: Vec::new(),
    });
    Manifest { book, chapters: list, assets: assets.into(), epub }
}

fn freeze(objects: &mut BTreeMap<String, Bytes>, bytes: Bytes) -> ObjectRef {
    let sha256 = digest::sha256_hex(&bytes);
    for (n, part) in (0..).zip(bytes.chunks(object::PART as usize)) {
        objects.insert(key::object("press", &sha256, n), Bytes::copy_from_slice(part));
    }
    ObjectRef { sha256, size: bytes.len() as u64 }
}
