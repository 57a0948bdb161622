//! A published site without an origin: the records and objects that publishing would make, and the way into an edge.
//! The same arguments give the same bytes, so that what two runtimes say of it can be compared.

mod book;
mod push;
mod readers;
mod shelves;

use aw_model::{BookCard, Tenant, TokenKey, key, record};
use aw_trust::{Key, key as keys};

pub(crate) use book::{Plan, Published};
pub(crate) use push::Pusher;
pub(crate) use readers::Reader;

/// The edge key of every edge that such a site is put on.
pub(crate) const EDGE_KEY: &str = "conformance-edge-key-0123456789abcdefghijklmnopq";
/// The tenant's id.
pub(crate) const TENANT: &str = "press";
/// The tenant's host.
pub(crate) const HOST: &str = "press.localhost";
/// The version of every record.
pub(crate) const VERSION: u64 = 7;
/// The `kid` of the tenant's token key.
pub(crate) const KID: &str = "k1";
/// The secret that the tenant's token key is derived from.
pub(crate) const MASTER_KEY: &[u8] = b"conformance-master-key-0123456789abcdefghijklmno";

/// A value and its key.
pub(crate) type Value = (String, Vec<u8>);

/// A site: one real book and as many others as were asked for.
pub(crate) struct Site {
    /// Everything that an edge has of it.
    pub(crate) values: Vec<Value>,
    /// The book that has all kinds of chapters and files.
    pub(crate) book: Published,
    key: Key,
}

/// Why there is no site.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

impl Site {
    /// A site with `books` books, the first of which is made after `plan`; the others have one short chapter each.
    ///
    /// # Errors
    /// A key or a record cannot be made: a mistake in here.
    pub(crate) fn new(plan: &Plan, books: u32) -> Result<Self, Error> {
        let key = keys::tenant_key(MASTER_KEY, TENANT, KID)?;
        let mut values = vec![tenant(&key)?];
        let book = book::publish(plan, 0, &mut values)?;
        let mut cards = vec![book.card()];
        for n in 1..books {
            cards.push(book::publish(&Plan::short(n), n, &mut values)?.card());
        }
        shelves::put(&cards, &mut values)?;
        Ok(Self { values, book, key })
    }

    /// The access token of `reader`.
    pub(crate) fn token(&self, reader: Reader) -> String {
        reader.token(&self.key, KID, &self.book.manifest.book.id)
    }
}

fn tenant(token_key: &Key) -> Result<Value, Error> {
    let sealed = keys::seal(EDGE_KEY.as_bytes(), TENANT, KID, token_key, *b"a nonce of a test's site")?;
    let tenant = Tenant {
        id: TENANT.to_owned(),
        name: "The Press & Söhne".to_owned(),
        base_url: format!("http://{HOST}"),
        keys: vec![TokenKey { kid: KID.to_owned(), sealed }],
        revoked: vec![aw_model::Revocation { id: Reader::Revoked.session(), at: 4_000_000_000 }],
        providers: Vec::new(),
        suspended: false,
    };
    Ok((key::host(HOST), record::encode(VERSION, Some(&tenant))?))
}

/// What shelves a book stands on: `newest`, and one for each tag, author and series.
fn shelf_names(card: &BookCard) -> Vec<(String, String)> {
    let slug = aw_model::slug::slugify;
    let mut names = vec![("newest".to_owned(), "Newest".to_owned())];
    names.extend(card.tags.iter().map(|tag| (format!("tag/{}", slug(tag)), tag.clone())));
    names.extend(card.authors.iter().map(|author| (format!("author/{}", slug(author)), author.clone())));
    names.extend(card.series.iter().map(|series| (format!("series/{}", slug(&series.name)), series.name.clone())));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_site_twice_has_the_same_bytes_and_every_value_is_one_that_an_edge_takes() {
        let site = Site::new(&Plan::whale(), 60).expect("a site");
        let again = Site::new(&Plan::whale(), 60).expect("a site");
        assert_eq!(site.values, again.values);
        for (key, value) in &site.values {
            assert!(key::is_valid(key), "{key}");
            assert!(value.len() <= aw_platform::limits::KV_VALUE, "{key}");
            assert_eq!(key::is_object(key), record::split(value).is_none(), "{key}");
        }
        let mut names: Vec<_> = site.values.iter().map(|(key, _)| key).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), site.values.len());
    }
}
