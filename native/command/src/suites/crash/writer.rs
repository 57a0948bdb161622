//! Those who write: each on its own, one write after the other, none given up.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    client::Client,
    ledger::Ledger,
    random::Random,
    write::{Trouble, Write},
};

/// For how long a write may go unacknowledged when all is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// People who follow, and whom they follow: account and handle.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    pub(super) followers: Vec<String>,
    pub(super) authors: Vec<(String, String)>,
}

/// One who writes.
pub(super) struct Writer {
    name: u64,
    seed: u64,
    random: Random,
    made: u64,
    /// What it has made.
    books: Vec<String>,
    /// Accounts that it has made and that have not subscribed.
    readers: Vec<String>,
    followed: Vec<(usize, usize)>,
    /// What was sent and not acknowledged.
    pending: Option<Write>,
    /// How many writes were sent more than once.
    pub(super) repeated: usize,
}

impl Writer {
    pub(super) fn new(seed: u64, name: u64, count: u64, people: &People) -> Self {
        let pairs = (0..people.followers.len()).flat_map(|f| (0..people.authors.len()).map(move |a| (f, a)));
        // Each has followers of its own: a follow is done once.
        let followed = pairs.filter(|(f, _)| *f as u64 % count == name).collect();
        let random = Random::of(seed, name);
        Self {
            name,
            seed,
            random,
            made: 0,
            books: Vec::new(),
            readers: Vec::new(),
            followed,
            pending: None,
            repeated: 0,
        }
    }

    /// Writes until it is stopped; what is under way then is pending.
    ///
    /// # Errors
    /// An answer is wrong.
    pub(super) fn run(
        &mut self,
        client: &Client,
        people: &People,
        ledger: &Mutex<Ledger>,
        stop: &AtomicBool,
    ) -> Result<(), String> {
        while !stop.load(Ordering::SeqCst) {
            let mut write = self.next(people, ledger);
            match write.send(client, &mut self.random, true) {
                Ok(made) => self.acknowledged(&write, &made, ledger),
                Err(Trouble::Wrong(why)) => return Err(format!("{write:?}: {why}")),
                Err(Trouble::Again(_)) => {
                    self.pending = Some(write);
                    self.repeated += 1;
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Sends what is pending again until it is acknowledged.
    ///
    /// # Errors
    /// An answer is wrong, or there is none although all is well.
    pub(super) fn resolve(&mut self, client: &Client, ledger: &Mutex<Ledger>) -> Result<(), String> {
        let Some(mut write) = self.pending.take() else { return Ok(()) };
        let until = Instant::now() + PATIENCE;
        loop {
            match write.send(client, &mut self.random, false) {
                Ok(made) => {
                    self.acknowledged(&write, &made, ledger);
                    return Ok(());
                }
                Err(Trouble::Again(_)) if Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
                Err(Trouble::Again(why) | Trouble::Wrong(why)) => return Err(format!("again, {write:?}: {why}")),
            }
        }
    }

    fn acknowledged(&mut self, write: &Write, made: &serde_json::Value, ledger: &Mutex<Ledger>) {
        match write {
            Write::Account { .. } => self.readers.push(made.as_str().unwrap_or_default().to_owned()),
            Write::Book { .. } => self.books.push(made["id"].as_str().unwrap_or_default().to_owned()),
            _ => {}
        }
        ledger.lock().unwrap_or_else(PoisonError::into_inner).note(write, made);
    }

    /// A name that nothing else has.
    fn name(&mut self) -> String {
        self.made += 1;
        format!("w{}-{}-{:x}", self.name, self.made, self.seed & 0xffff)
    }

    fn text(&mut self, name: &str) -> String {
        let count = 3 + self.random.below(200);
        format!("{name} {}", self.random.words(count))
    }

    /// What it writes next: something that can be done.
    fn next(&mut self, people: &People, ledger: &Mutex<Ledger>) -> Write {
        let name = self.name();
        let (size, seed) = (100 + self.random.below(60_000) as usize, self.random.below(256) as u8);
        let possible = match self.random.below(100) {
            0..8 => self.told(&name),
            8..18 => Some(Write::Plan { name: format!("Plan {name}"), key: name.clone() }),
            18..34 => Some(Write::File { key: name.clone(), size, seed, id: None }),
            34..44 => self.follow(people),
            44..92 => Some(self.book(&name, ledger)),
            _ => None,
        };
        possible.unwrap_or_else(|| Write::Account { email: format!("{name}@example.org") })
    }

    fn told(&mut self, name: &str) -> Option<Write> {
        let user = self.readers.pop()?;
        Some(Write::Told { event: format!("evt_{name}"), subscription: format!("sub_{name}"), user })
    }

    fn follow(&mut self, people: &People) -> Option<Write> {
        let at = self.random.below((self.followed.len() as u64).max(1)) as usize;
        let (follower, author) = (!self.followed.is_empty()).then(|| self.followed.swap_remove(at))?;
        let (author, handle) = people.authors.get(author)?.clone();
        Some(Write::Follow { follower: people.followers.get(follower)?.clone(), author, handle })
    }

    /// A book, or something in one of those that it has.
    fn book(&mut self, name: &str, ledger: &Mutex<Ledger>) -> Write {
        let new = Write::Book { key: name.to_owned(), title: format!("Book {name}") };
        let Some(book) = self.random.of_all(&self.books).cloned() else { return new };
        let ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(there) = ledger.books.get(&book) else { return new };
        let (chapters, changed) = (there.chapters.clone(), there.changed);
        drop(ledger);
        let chapter = self.random.of_all(&chapters).map(|(id, _)| id.clone());
        let text = self.text(name);
        match (self.random.below(12), chapter) {
            (0..2, _) => new,
            (2..6, Some(_)) if changed => Write::Publish { book },
            (2..9, Some(chapter)) => Write::Revision { book, chapter, text },
            _ if chapters.len() < 12 => Write::Chapter { key: name.to_owned(), book, text },
            _ => new,
        }
    }
}
