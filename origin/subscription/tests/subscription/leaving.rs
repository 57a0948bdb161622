//! Nobody who is gone pays: what a deleted account had ends at the provider, whatever the provider does meanwhile.

use std::{
    io::copy,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::json;

use crate::{Reader, gold, text, till::Till};

/// The way to the sandbox, which can be cut. It goes with the test's process.
pub(crate) struct Way {
    pub(crate) addr: SocketAddr,
    open: Arc<AtomicBool>,
    sockets: Arc<Mutex<Vec<TcpStream>>>,
}

impl Way {
    pub(crate) fn to(there: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let (addr, open) = (listener.local_addr().expect("an address"), Arc::new(AtomicBool::new(true)));
        let (is_open, sockets) = (open.clone(), Arc::new(Mutex::new(Vec::new())));
        let all = sockets.clone();
        thread::spawn(move || {
            // One that is cut is closed at once.
            for near in listener.incoming().flatten().filter(|_| is_open.load(Ordering::SeqCst)) {
                let Ok(far) = TcpStream::connect(there) else { continue };
                let both = (near.try_clone().expect("a socket"), far.try_clone().expect("a socket"));
                all.lock().expect("a list").push(near.try_clone().expect("a socket"));
                for (mut from, mut to) in [(near, far), (both.1, both.0)] {
                    thread::spawn(move || {
                        let _ = copy(&mut from, &mut to);
                        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
                    });
                }
            }
        });
        Self { addr, open, sockets }
    }

    fn set(&self, open: bool) {
        self.open.store(open, Ordering::SeqCst);
        // Those that are kept open for the next request, too.
        for socket in self.sockets.lock().expect("a list").drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

fn delete(till: &Till, reader: &Reader) {
    let body = json!({ "password": "correct horse battery" });
    let _ = till.world.json(&reader.who, "POST", "/v1/account/deletion", &body).expect(204);
}

/// As if what is waited for were due now.
fn hurry(till: &Till) {
    till.world.sql(&till.tenant, "UPDATE subscriptions SET end_due = now() WHERE end_due IS NOT NULL");
}

#[test]
fn what_a_deleted_account_had_ends_once_the_provider_can_be_reached() {
    let (till, way) = Till::with_way("leaving");
    let plan = gold(&till.world, &till.tenant);
    let (ada, bob) = (Reader::new(&till.world, &till.tenant, "ada"), Reader::new(&till.world, &till.tenant, "bob"));
    for reader in [&bob, &ada] {
        till.buy(reader, &json!({ "planId": plan["id"] }), "good");
    }
    till.tell_all();
    let id = text(&till.subscription(), "id").to_owned();

    way.set(false);
    delete(&till, &ada);
    let waiting = "SELECT end_attempts, end_due > now(), status FROM subscriptions WHERE end_due IS NOT NULL";
    for attempts in 1..=3 {
        let done = till.work();
        assert_eq!((&done["ended"], &done["failed"]), (&json!(0), &json!(1)), "{done}");
        assert_eq!(till.world.sql(&till.tenant, waiting), [format!("{attempts}|t|active")]);
        // Not again before its time.
        assert_eq!(till.work()["failed"], 0);
        hurry(&till);
    }
    assert_eq!(till.get(&format!("/v1/subscriptions/{id}"))["status"], "active");

    way.set(true);
    assert_eq!(till.work()["ended"], 1);
    assert_eq!(till.get(&format!("/v1/subscriptions/{id}"))["status"], "canceled");
    assert_eq!(till.world.sql(&till.tenant, waiting), [""; 0]);
    let ended = "SELECT count(*) FROM audit WHERE action = 'subscription.subscription.ended' AND subject = '{id}'";
    assert_eq!(till.world.sql(&till.tenant, &ended.replace("{id}", &id)), ["1"]);
    assert_eq!(till.work()["ended"], 0);
    till.days(65);
    let charges = till.get("/v1/charges?limit=100")["data"].as_array().expect("a list").len();
    assert_eq!(charges, 4, "one of the account that is gone, three of the one that is not");
    till.tell_all();
    assert_eq!(till.world.sql(&till.tenant, waiting), [""; 0], "bob pays on");
}

#[test]
fn what_is_told_of_after_the_deletion_ends_too() {
    let (till, _way) = Till::with_way("left");
    let plan = gold(&till.world, &till.tenant);
    let ada = Reader::new(&till.world, &till.tenant, "ada");
    till.buy(&ada, &json!({ "planId": plan["id"] }), "good");
    delete(&till, &ada);
    assert_eq!(till.work()["ended"], 0, "nothing is known of it yet");
    till.tell_all();
    assert_eq!(till.work()["ended"], 1);
    assert_eq!(till.subscription()["status"], "canceled");
    till.tell_all();
    // One that has ended there, which is not known here, and one that is not there at all.
    till.world.sql(&till.tenant, "UPDATE subscriptions SET status = 'active', end_due = now()");
    assert_eq!(till.work()["failed"], 0);
    let left = "SELECT status, end_due IS NULL FROM subscriptions ORDER BY id";
    assert_eq!(till.world.sql(&till.tenant, left), ["canceled|t"]);
    till.world.sql(&till.tenant, "UPDATE subscriptions SET id = 'sub_elsewhere', status = 'active', end_due = now()");
    assert_eq!(till.work()["failed"], 0);
    assert_eq!(till.world.sql(&till.tenant, left), ["active|t"]);
}
