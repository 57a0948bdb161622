//! Whether reading slows down as the catalogue grows.

use std::{fs, net::SocketAddr, path::PathBuf, thread};

use aw_runtimes::{Error, Launch, Result, Runtime, cache::target_dir, native::Native};

use super::{
    Bench,
    servers::{body, gateway_launch},
};
use crate::{
    bench::{
        figure::Figure,
        load::{Pressure, Target},
        rounds::{Rounds, alternate},
    },
    conform::{
        Pusher,
        site::{HOST, Plan, Site},
    },
};

/// One connection: with more, wrk and the server's threads wait for each other on a machine of two processors, and the
/// slowest answers tell of that.
const PRESSURE: Pressure = Pressure { connections: 1, seconds: 5 };
/// How many connections put the site there.
const PUSHERS: usize = 8;
/// How many books there are.
const BOOKS: [u32; 3] = [10, 1_000, 100_000];
/// How many books a page lists: as many as the smallest catalogue has, so that pages differ in nothing but their place.
const PAGE: u32 = 10;
/// How many different requests are made of one kind: more for a large catalogue than any cache of parsed records holds,
/// and as many for a small one, where they differ in a field that says nothing, so that wrk has as much memory to walk
/// through.
const CHOICES: u32 = 20_000;
/// How much the p99 of a chapter may be above that of ten books, which lie parsed in the processor's own caches: of
/// 100,000 nearly each comes from memory and is parsed, some microseconds. A record that is read whole, or an index that is
/// walked, costs more than that.
const CHAPTER: f64 = 1.25;
/// The same for a catalogue page.
const CATALOGUE: f64 = 1.5;

/// A gateway with a catalogue, its KV on disk.
struct Edge {
    target: Target,
    books: u32,
    state: PathBuf,
}

impl Drop for Edge {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.state);
    }
}

/// Chapters of random books and pages from random places in the catalogue, of 10, 1,000 and 100,000 books.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let mut edges: Vec<Edge> = BOOKS.into_iter().map(edge).collect::<Result<_>>()?;
    let chapter = |n: u32| format!("/books/book-{n}/1");
    let chapters = measure(bench, &mut edges, "chapters", &chapter)?;
    compare(bench, "a chapter", &chapters, CHAPTER);
    let page = |n: u32| format!("/v1/books?limit={PAGE}&cursor=b{:x}", (n + 1).max(PAGE));
    let pages = measure(bench, &mut edges, "catalogue pages", &page)?;
    compare(bench, "a catalogue page", &pages, CATALOGUE);
    Ok(())
}

/// Presses each edge with requests for what `path` makes of the numbers of its books, at random.
fn measure(bench: &Bench, edges: &mut [Edge], what: &str, path: &dyn Fn(u32) -> String) -> Result<Vec<Rounds>> {
    for edge in &mut *edges {
        edge.target.name = format!("{what} of {} books", edge.books);
        edge.target.script = Some(script(edge.books, path)?);
        body(edge.target.server.addr, &path(edge.books - 1), &[])?;
    }
    let targets: Vec<&Target> = edges.iter().map(|edge| &edge.target).collect();
    alternate(&bench.wrk, &bench.raw, &targets, PRESSURE, bench.rounds)
}

fn compare(bench: &mut Bench, what: &str, rounds: &[Rounds], limit: f64) {
    let small = &rounds[0];
    for (books, rounds) in BOOKS.iter().zip(rounds).skip(1) {
        let figure = Figure::new(format!("{what} of {books} books on native: p99"), rounds.p99_ms(), "ms");
        bench.figure(figure.at_most_times("10 books", small.p99_ms(), rounds.p99_ratio(small), limit));
    }
}

fn edge(books: u32) -> Result<Edge> {
    let state = target_dir().join("bench").join(format!("catalogue-{books}"));
    let _ = fs::remove_dir_all(&state);
    fs::create_dir_all(&state)?;
    let server = Native.launch(&Launch { state: Some(state.clone()), ..gateway_launch() })?;
    let site = Site::new(&Plan::short(0), books).map_err(|e| Error(format!("the site: {e}")))?;
    fill(server.addr, &site)?;
    let shelf = body(server.addr, "/v1/books?limit=20", &[])?;
    let newest = format!("\"book-{}\"", books - 1);
    if !String::from_utf8_lossy(&shelf).contains(&newest) {
        return Err(Error(format!("the newest of {books} books is not on the first page")));
    }
    let target = Target::new("", server, "/").with(|| vec![format!("Host: {HOST}")]);
    Ok(Edge { target, books, state })
}

/// Puts the site there on several connections at once: then several values share a commit.
fn fill(addr: SocketAddr, site: &Site) -> Result<()> {
    let share = site.values.len().div_ceil(PUSHERS);
    thread::scope(|scope| {
        let parts = site.values.chunks(share);
        let threads: Vec<_> =
            parts.map(|part| scope.spawn(move || Pusher::open(addr).and_then(|mut pusher| pusher.all(part)))).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(pushed) => pushed.map_err(|e| Error(format!("the site cannot be published: {e}"))),
            Err(_) => Err(Error("a thread that publishes the site panicked".to_owned())),
        })
    })
}

/// wrk's script: one of many requests, written before the first is sent, at random, the same ones in each run.
fn script(books: u32, path: &dyn Fn(u32) -> String) -> Result<PathBuf> {
    let file = target_dir().join("bench").join(format!("catalogue-{books}.lua"));
    let mut text = String::from("local paths = {\n");
    let step = (books / CHOICES).max(1);
    for n in (0..books).step_by(step as usize) {
        text.push_str(&format!("  \"{}\",\n", path(n)));
    }
    text.push_str("}\nlocal requests = {}\nmath.randomseed(1)\ninit = function()\n");
    text.push_str(&format!("  for n = 1, {CHOICES} do\n    local number = string.format(\"%5d\", n)\n"));
    text.push_str(
        "    requests[n] = wrk.format(\"GET\", paths[n % #paths + 1], { [\"X-Number\"] = number })\n  end\nend\n",
    );
    text.push_str("request = function()\n  return requests[math.random(#requests)]\nend\n");
    fs::write(&file, text)?;
    Ok(file)
}
