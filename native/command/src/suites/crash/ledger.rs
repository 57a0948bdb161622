//! What was acknowledged, in enough detail to be looked for later.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::write::{Made, Write};

/// A chapter: the texts of its revisions, the last one last.
pub(super) type Chapter = Vec<String>;

/// A book.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    pub(super) title: String,
    /// In their order, by id.
    pub(super) chapters: Vec<(String, Chapter)>,
    /// Its slug, and the texts of its chapters, as they were published last.
    pub(super) published: Option<(String, Vec<String>)>,
    /// Whether it was changed since.
    pub(super) changed: bool,
}

/// A file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) size: usize,
    pub(super) seed: u8,
}

/// Everything that was acknowledged.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    /// How many writes.
    pub(super) count: usize,
    /// Ids by addresses.
    pub(super) accounts: BTreeMap<String, String>,
    pub(super) books: BTreeMap<String, Book>,
    pub(super) files: BTreeMap<String, File>,
    /// Follower and author.
    pub(super) follows: BTreeSet<(String, String)>,
    /// Names by ids.
    pub(super) plans: BTreeMap<String, String>,
    /// Events that payments told, and the subscription of each.
    pub(super) told: BTreeMap<String, String>,
    /// How many events there are to be, by name and subject.
    pub(super) events: BTreeMap<(String, String), u64>,
    /// Requests with a key, and the id that each was answered with: those of this round.
    pub(super) keys: Vec<(Write, String)>,
    /// Files whose bytes have not been looked at since.
    pub(super) fresh_files: Vec<String>,
}

impl Ledger {
    fn event(&mut self, name: &str, subject: &str) {
        *self.events.entry((name.to_owned(), subject.to_owned())).or_default() += 1;
    }

    /// Notes that a write was acknowledged, and what it made.
    pub(super) fn note(&mut self, write: &Write, made: &Made) {
        self.count += 1;
        let id = || made["id"].as_str().unwrap_or_default().to_owned();
        if write.keyed().is_some() {
            self.keys.push((write.clone(), id()));
        }
        match write {
            Write::Account { email } => {
                let id = made.as_str().unwrap_or_default();
                self.accounts.insert(email.clone(), id.to_owned());
                self.event("user.account.registered", id);
            }
            Write::Book { title, .. } => {
                let book = Book { title: title.clone(), ..Book::default() };
                self.books.insert(id(), book);
                self.event("content.book.created", &id());
            }
            Write::Chapter { book, text, .. } => {
                self.event("content.chapter.written", book);
                if let Some(there) = self.books.get_mut(book) {
                    there.chapters.push((id(), vec![text.clone()]));
                    there.changed = true;
                }
            }
            Write::Revision { book, chapter, text } => {
                self.event("content.chapter.written", book);
                if let Some(there) = self.books.get_mut(book) {
                    for (_, texts) in there.chapters.iter_mut().filter(|(id, _)| id == chapter) {
                        texts.push(text.clone());
                    }
                    there.changed = true;
                }
            }
            Write::Publish { book } => {
                self.event("content.book.published", book);
                if let Some(there) = self.books.get_mut(book) {
                    let slug = made["slug"].as_str().unwrap_or_default().to_owned();
                    let texts = there.chapters.iter().filter_map(|(_, texts)| texts.last().cloned()).collect();
                    there.published = Some((slug, texts));
                    there.changed = false;
                }
            }
            Write::File { size, seed, .. } => {
                self.files.insert(id(), File { size: *size, seed: *seed });
                self.fresh_files.push(id());
                self.event("storage.file.announced", &id());
                self.event("storage.file.stored", &id());
            }
            Write::Follow { follower, author, .. } => {
                self.follows.insert((follower.clone(), author.clone()));
                self.event("user.author.followed", author);
            }
            Write::Plan { name, .. } => {
                self.plans.insert(id(), name.clone());
                self.event("subscription.plan.created", &id());
            }
            Write::Told { event, subscription, user } => {
                self.told.insert(event.clone(), subscription.clone());
                self.event("subscription.subscription.started", subscription);
                self.event("subscription.entitlements.changed", user);
            }
        }
    }

    /// Takes what was there before the first write for what is to be there: the events of the set-up.
    pub(super) fn begin(&mut self, counts: &Value) {
        for row in counts.as_array().into_iter().flatten() {
            let text = |at: usize| row[at].as_str().unwrap_or_default().to_owned();
            self.events.insert((text(0), text(1)), row[2].as_u64().unwrap_or(0));
        }
    }
}
