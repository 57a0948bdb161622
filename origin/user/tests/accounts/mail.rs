//! The outbox of mail: kept, sent, tried again, given up.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
        mpsc::{Receiver, channel},
    },
    thread,
};

use aw_origin_harness::{Who, World};
use aw_runtimes::neighbour::{Answer, Asked, Neighbour};
use serde_json::{Value, json};

use super::{mails, me, register, stranger, text, work};

/// What a mail API was asked, and the mail in it.
type Sent = (Asked, Value);

/// An HTTP mail API that answers `status`.
fn api(status: &Arc<AtomicU16>) -> (SocketAddr, Receiver<Sent>) {
    let (send, sent) = channel();
    let status = status.clone();
    let addr = Neighbour::new().unwrap().serve(move |asked| {
        let mail = serde_json::from_slice(&asked.body).unwrap();
        let _ = send.send((asked, mail));
        Answer::json(status.load(Ordering::SeqCst), &json!({}))
    });
    (addr, sent)
}

#[test]
fn mail_is_kept_where_it_is_not_sent() {
    let world = World::new(&[]);
    let tenant = world.tenant("kept");
    let ada = register(&world, &tenant, "ada@example.org");
    let mails = mails(&world, &tenant);
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(
        (&mail["template"], &mail["to"], &mail["state"], &mail["attempts"]),
        (&json!("verify-email"), &json!("ada@example.org"), &json!("waiting"), &json!(0))
    );
    assert_eq!(mail["subject"], "Confirm your address · Press kept");
    assert!(!text(mail, "text").contains("Ada"), "what a stranger has typed is mailed to nobody");
    assert!(text(mail, "text").contains("\nhttp://kept.localhost:8080/verify?token="));
    // What opens accounts is the operator's alone.
    for who in [stranger(&tenant), me(&tenant, &ada), stranger(&tenant).user(text(&ada["user"], "id"), "owner")] {
        for target in ["/v1/mails".to_owned(), format!("/v1/mails/{}", text(mail, "id"))] {
            assert_eq!(world.get(&who, &target).status, 403, "{target}");
        }
        assert_eq!(world.ask(&who, "POST", "/_aw/work/user", &[], b"").status, 403);
    }
    let operator = Who::operator(&tenant);
    for (target, status) in [
        ("/v1/mails?state=sent", 200),
        ("/v1/mails?state=lost", 400),
        ("/v1/mails/x", 404),
        ("/v1/mails/01890000-0000-7000-8000-000000000000", 404),
    ] {
        assert_eq!(world.get(&operator, target).status, status, "{target}");
    }
    assert_eq!(world.get(&operator, "/v1/mails?state=sent").data(), json!([]));
    // What waited too long is not sent any more.
    world.sql(&tenant, "UPDATE mails SET expires_at = now()");
    work(&world);
    assert_eq!(world.sql(&tenant, "SELECT state, text, html, error FROM mails"), ["dead|||not sent in time"]);
    world.sql(&tenant, "UPDATE mails SET created_at = now() - interval '31 days'");
    work(&world);
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM mails"), ["0"]);
}

#[test]
fn mail_is_sent_once_and_its_link_forgotten() {
    let status = Arc::new(AtomicU16::new(200));
    let (addr, sent) = api(&status);
    let world = World::with_mail(addr);
    let tenant = world.tenant("sent");
    register(&world, &tenant, "ada@example.org");
    // Sent by whoever comes first: the registration's own background work, or a tick.
    work(&world);
    let (asked, mail) = sent.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/emails"));
    assert_eq!(asked.field("authorization"), Some("Bearer mail-key"));
    let id = world.sql(&tenant, "SELECT id FROM mails").remove(0);
    assert_eq!(asked.field("idempotency-key"), Some(id.as_str()));
    assert_eq!(
        (&mail["from"], &mail["to"]),
        (&json!("\"Press sent\" <books@press.example>"), &json!(["ada@example.org"]))
    );
    assert!(text(&mail, "text").contains("/verify?token=") && text(&mail, "html").contains("/verify?token="));
    for _ in 0..100 {
        if world.sql(&tenant, "SELECT state FROM mails") == ["sent"] {
            break;
        }
        thread::sleep(std::time::Duration::from_millis(50));
    }
    let kept = world.sql(&tenant, "SELECT state, attempts, text = '' AND html = '', sent_at IS NOT NULL FROM mails");
    assert_eq!(kept, ["sent|1|t|t"]);
    assert_eq!(work(&world), json!({ "sent": 0, "failed": 0, "dead": 0 }));
    assert!(sent.try_recv().is_err(), "sent twice");
}

#[test]
fn what_fails_is_tried_again_and_at_last_given_up() {
    let status = Arc::new(AtomicU16::new(503));
    let (addr, sent) = api(&status);
    let world = World::with_mail(addr);
    let tenant = world.tenant("tried");
    world.sql(
        &tenant,
        "INSERT INTO mails (id, template, address, sender, subject, text, html, expires_at) VALUES \
         ('01890000-0000-7000-8000-000000000001', 'test', 'a@b.c', 'Press', 'Hi', 'text', 'html', now() + interval '1 day')",
    );
    assert_eq!(work(&world), json!({ "sent": 0, "failed": 1, "dead": 0 }));
    let row = "SELECT state, attempts, error, text, due_at > now() + interval '3 seconds' FROM mails";
    assert_eq!(world.sql(&tenant, row), ["waiting|1|503: {}|text|t"]);
    assert_eq!(work(&world)["failed"], 0, "not before its time");
    // Two workers at once: one of them has it.
    world.sql(&tenant, "UPDATE mails SET due_at = now()");
    let failed = thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| work(&world)["failed"].as_u64().unwrap())).collect();
        all.into_iter().map(|t| t.join().unwrap()).sum::<u64>()
    });
    assert_eq!(failed, 1);
    world.sql(&tenant, "UPDATE mails SET due_at = now(), attempts = 9");
    assert_eq!(work(&world)["dead"], 1);
    assert_eq!(world.sql(&tenant, "SELECT state, attempts, text FROM mails"), ["dead|10|"]);
    assert_eq!(sent.try_iter().count(), 3);
    // What the API refuses for good is given up at once; a wrong key is no fault of the mail.
    for (answer, state) in [(422, "dead"), (401, "waiting"), (429, "waiting"), (201, "sent")] {
        status.store(answer, Ordering::SeqCst);
        world.sql(
            &tenant,
            "UPDATE mails SET state = 'waiting', sent_at = NULL, attempts = 0, due_at = now(), text = 'x', html = 'x'",
        );
        work(&world);
        assert_eq!(world.sql(&tenant, "SELECT state FROM mails"), [state], "{answer}");
    }
}

#[test]
fn an_api_that_is_gone_is_not_waited_for_by_every_mail() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let world = World::with_mail(gone);
    let tenant = world.tenant("gone");
    world.sql(
        &tenant,
        "INSERT INTO mails (id, template, address, sender, subject, text, html, expires_at) \
         SELECT gen_random_uuid(), 'test', 'a@b.c', 'Press', 'Hi', 'text', 'html', now() + interval '1 day' \
         FROM generate_series(1, 100)",
    );
    let run = work(&world);
    assert_eq!((&run["sent"], &run["failed"]), (&json!(0), &json!(20)), "{run}");
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM mails WHERE attempts = 0"), ["80"]);
}
