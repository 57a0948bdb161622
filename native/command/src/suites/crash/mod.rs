//! `kill -9` at random: whatever is killed, whenever, no acknowledged write is lost, none is half done, none is done
//! twice, and in the end everything has arrived.
//!
//! `authorworks up` runs in a process of its own, as it does for everybody: a private PostgreSQL, the object store and the
//! sandbox in `up` itself, a native origin and a native edge. Four writers write; at a random moment the origin, the
//! postmaster or everything is killed with SIGKILL and comes back on the same data. What was acknowledged is then looked
//! for; what was not is sent again, with the same key, until it is; and then there is exactly what was acknowledged.

mod check;
mod client;
mod end;
mod host;
mod ledger;
mod press;
mod program;
mod random;
mod stored;
mod write;
mod writer;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use aw_runtimes::{Error, Result, cache};

use self::{
    client::Client,
    host::{Host, Victim},
    ledger::Ledger,
    program::Program,
    random::Random,
    stored::Seen,
    writer::{People, Writer},
};
use super::{Ctx, Outcome};

/// How often something is killed where this suite is asked for, and where it is one of all.
const ROUNDS: (usize, usize) = (50, 5);
/// How many writes are acknowledged at least, in all rounds together, where this suite is asked for.
const WRITES: usize = 2_000;
/// How many write.
const WRITERS: u64 = 4;
/// For how long at least and at most they write before something is killed, in milliseconds.
const LIFE: (u64, u64) = (150, 2_200);
/// After so many kills that `up` recovers from by itself everything is killed: `up` waits longer each time.
const IN_A_ROW: usize = 2;

/// Everything that a round needs.
struct Story {
    host: Host,
    client: Client,
    people: People,
    writers: Vec<Writer>,
    ledger: Mutex<Ledger>,
    random: Random,
    seen: Seen,
    program: Program,
    since: u64,
    in_a_row: usize,
    sum: Sum,
}

/// What happened.
#[derive(Default)]
struct Sum {
    kills: BTreeMap<Victim, usize>,
    while_starting: usize,
    keys: usize,
    read: usize,
    slowest: Duration,
}

/// Runs it.
pub(super) fn check(ctx: &Ctx) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|e| Error(format!("the system has no randomness: {e}")))?;
    let seed = ctx.seed.unwrap_or(u64::from_be_bytes(seed));
    let (rounds, writes) = if ctx.alone { (ROUNDS.0, WRITES) } else { (ROUNDS.1, 0) };
    ctx.note(format_args!("seed {seed}, {rounds} rounds: `cargo aw test crash --seed {seed}` has the same chances"))?;
    let dir = cache::target_dir().join("suites").join(format!("crash-{}", std::process::id()));
    let begun = Instant::now();
    match story(ctx, &dir, seed, rounds, writes, &mut outcome) {
        Ok(said) => {
            ctx.note(format_args!("{said}; {:.0} s", begun.elapsed().as_secs_f64()))?;
            eprintln!("   seed {seed}: {said}");
            let _ = std::fs::remove_dir_all(&dir);
        }
        Err(why) => {
            outcome.failed += 1;
            ctx.note(format_args!("FAILED  seed {seed}: {why}\nThe data is in {}", dir.display()))?;
        }
    }
    Ok(outcome)
}

fn story(
    ctx: &Ctx,
    dir: &std::path::Path,
    seed: u64,
    rounds: usize,
    writes: usize,
    outcome: &mut Outcome,
) -> std::result::Result<String, String> {
    let note = |text: String| ctx.note(text).map_err(|e| e.0);
    let mut story = Story::open(dir, seed)?;
    let mut round = 0;
    while round < rounds || story.count() < writes {
        round += 1;
        let told = story.round().map_err(|why| format!("round {round}: {why}"))?;
        outcome.passed += 1;
        note(format!("ok      round {round}: {told}"))?;
    }
    let told = story.end()?;
    outcome.passed += 1;
    note(format!("ok      the end: {told}"))?;
    let Sum { kills, while_starting, keys, read, slowest } = &story.sum;
    let repeated: usize = story.writers.iter().map(|writer| writer.repeated).sum();
    let said = format!(
        "{round} rounds, killed {kills:?} and {while_starting} times while starting; {} writes acknowledged, {repeated} of \
         them sent again; {keys} keys sent again, {read} objects and files read; recovered within {:.1} s; {told}",
        story.count(),
        slowest.as_secs_f64()
    );
    story.host.stop();
    Ok(said)
}

impl Story {
    fn open(dir: &std::path::Path, seed: u64) -> std::result::Result<Self, String> {
        let host = Host::start(dir)?;
        let client = host.client()?;
        let program = Program::start()?;
        let (people, since) = press::open(&host, &client, &host.edge()?, &program)?;
        let mut ledger = Ledger::default();
        ledger.accounts.extend(press::accounts(&host)?);
        ledger.begin(&host.sql(check::EVENTS)?);
        let writers = (0..WRITERS).map(|name| Writer::new(seed, name, WRITERS, &people)).collect();
        Ok(Self {
            host,
            client,
            people,
            writers,
            ledger: Mutex::new(ledger),
            random: Random::new(seed),
            seen: Seen::default(),
            program,
            since,
            in_a_row: 0,
            sum: Sum::default(),
        })
    }

    fn count(&self) -> usize {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    /// Writes, kills, recovers, checks; in a few words.
    fn round(&mut self) -> std::result::Result<String, String> {
        let before = self.count();
        let victim = self.victim();
        let life = Duration::from_millis(LIFE.0 + self.random.below(LIFE.1 - LIFE.0));
        let Self { host, client, people, writers, ledger, .. } = self;
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let writing: Vec<_> =
                writers.iter_mut().map(|writer| scope.spawn(|| writer.run(client, people, ledger, &stop))).collect();
            thread::sleep(life);
            let killed = host.kill(victim);
            stop.store(true, Ordering::SeqCst);
            let wrote = writing.into_iter().map(|w| w.join().unwrap_or_else(|_| Err("a writer panicked".to_owned())));
            wrote.collect::<std::result::Result<Vec<()>, String>>().and(killed)
        })?;
        let took = self.recover(victim)?;
        let ledger = self.ledger.get_mut().unwrap_or_else(PoisonError::into_inner);
        check::there(&self.host, ledger, false)?;
        // Who looked at a file when it was killed has it for 90 s: as time would.
        self.host.sql("UPDATE files SET lease_until = now() WHERE lease IS NOT NULL")?;
        for writer in &mut self.writers {
            writer.resolve(&self.client, &self.ledger)?;
        }
        let ledger = self.ledger.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.sum.keys += check::keys(&self.client, ledger)?;
        check::there(&self.host, ledger, true)?;
        let files = std::mem::take(&mut ledger.fresh_files);
        self.sum.read += stored::check(&self.host, &self.client, ledger, &files, &mut self.seen)?;
        *self.sum.kills.entry(victim).or_default() += 1;
        self.sum.slowest = self.sum.slowest.max(took);
        let done = self.count() - before;
        Ok(format!("{done} writes, {victim:?} killed after {life:?}, well after {:.1} s", took.as_secs_f64()))
    }

    fn victim(&mut self) -> Victim {
        let victim = match self.random.below(10) {
            0..5 if self.in_a_row < IN_A_ROW => Victim::Origin,
            5..7 if self.in_a_row < IN_A_ROW => Victim::Postgres,
            _ => Victim::Everything,
        };
        self.in_a_row = if victim == Victim::Everything { 0 } else { self.in_a_row + 1 };
        victim
    }

    /// Has what was killed come back; how long that took.
    fn recover(&mut self, victim: Victim) -> std::result::Result<Duration, String> {
        let begun = Instant::now();
        if victim == Victim::Everything {
            if self.random.below(4) == 0 {
                self.host.kill_while_starting(Duration::from_millis(self.random.below(6_000)))?;
                self.sum.while_starting += 1;
            }
            self.host.again()?;
            // Where somebody else has taken a port meanwhile, it is another.
            self.client = self.host.client()?;
        }
        self.host.well(&self.client)?;
        Ok(begun.elapsed())
    }

    fn end(&mut self) -> std::result::Result<String, String> {
        let took = end::drained(&self.host)?;
        let ledger = self.ledger.get_mut().unwrap_or_else(PoisonError::into_inner);
        let files: Vec<String> = ledger.files.keys().cloned().collect();
        let read = stored::check(&self.host, &self.client, ledger, &files, &mut Seen::default())?;
        let chapters = end::edge(&self.client, ledger)?;
        let (events, twice) = end::feed(&self.client, ledger, &self.program, self.since)?;
        check::there(&self.host, ledger, true)?;
        Ok(format!(
            "everything had arrived after {:.1} s: {chapters} chapters at the edge; {events} events in the feed, and the \
             program was told of {twice} twice; {read} objects and files are whole",
            took.as_secs_f64()
        ))
    }
}
