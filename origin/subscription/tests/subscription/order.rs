//! Whatever order the provider's webhooks come in, however often, however late, and if some never come and are found by
//! the reconciliation: the end is the same.

use aw_origin_harness::Who;
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

use crate::{Reader, gold, make, text, till::Till};

/// What readers do, and time.
#[derive(Clone, Debug)]
enum Step {
    Subscribe { failing: bool },
    BuyBook,
    Days(i64),
    CancelLater,
    Resume,
    CancelNow,
    Card { failing: bool },
    RefundLast { all: bool },
    Dispute { inquiry: bool, all: bool },
    Decide { won: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => any::<bool>().prop_map(|failing| Step::Subscribe { failing }),
        1 => Just(Step::BuyBook),
        6 => (10_i64..45).prop_map(Step::Days),
        1 => Just(Step::CancelLater),
        1 => Just(Step::Resume),
        1 => Just(Step::CancelNow),
        2 => any::<bool>().prop_map(|failing| Step::Card { failing }),
        1 => any::<bool>().prop_map(|all| Step::RefundLast { all }),
        3 => any::<(bool, bool)>().prop_map(|(inquiry, all)| Step::Dispute { inquiry, all }),
        3 => any::<bool>().prop_map(|won| Step::Decide { won }),
    ]
}

/// How a history is told.
#[derive(Clone, Debug)]
struct Telling {
    /// What the order is made of.
    seed: u64,
    /// Told again after everything else.
    again: Vec<Index>,
    /// Never told.
    dropped: Vec<Index>,
    /// From so many connections at once.
    at_once: usize,
}

fn telling() -> impl Strategy<Value = Telling> {
    let some = |n| proptest::collection::vec(any::<Index>(), 0..n);
    let dropped = prop_oneof![Just(Vec::new()), some(6)];
    (any::<u64>(), some(6), dropped, 1_usize..4).prop_map(|(seed, again, dropped, at_once)| Telling {
        seed,
        again,
        dropped,
        at_once,
    })
}

/// Does it; what cannot be done then is refused, and nothing.
fn act(till: &Till, reader: &Reader, plans: (&Value, &Value), step: &Step) {
    let card = |failing: bool| if failing { "failing" } else { "good" };
    let buy = |plan: &Value, card: &str| {
        let checkout = till.checkout(reader, &json!({ "planId": plan["id"] }));
        if checkout.status == 201 {
            till.post(text(&checkout.data(), "url"), &[("card", card)]);
        }
    };
    let portal = |form: &[(&str, &str)]| {
        let session = till.world.ask(&reader.who, "POST", "/v1/portal-sessions", &[], b"");
        if session.status == 201 {
            till.post(text(&session.data(), "url"), form);
        }
    };
    let last = || text(&till.subscription(), "id").to_owned();
    let any = till.subscription().is_object();
    match step {
        Step::Subscribe { failing } => buy(plans.0, card(*failing)),
        Step::BuyBook => buy(plans.1, "good"),
        Step::Days(days) => till.days(*days),
        Step::CancelLater if any => portal(&[("subscription", &last()), ("action", "cancel")]),
        Step::Resume if any => portal(&[("subscription", &last()), ("action", "resume")]),
        Step::CancelNow if any => portal(&[("subscription", &last()), ("action", "cancel-now")]),
        Step::Card { failing } => portal(&[("card", card(*failing))]),
        Step::RefundLast { all } => {
            let payment = till.get("/v1/charges")["data"][0]["payment_intent"].clone();
            if let Some(payment) = payment.as_str() {
                let amount = ("amount", "50");
                let form = [("payment_intent", payment), amount];
                till.post("/v1/refunds", if *all { &form[..1] } else { &form });
            }
        }
        Step::Dispute { inquiry, all } => {
            let payment = till.get("/v1/charges")["data"][0]["payment_intent"].clone();
            if let Some(payment) = payment.as_str() {
                let (inquiry, amount) = (if *inquiry { "true" } else { "false" }, ("amount", "50"));
                let form = [("key", &*till.key), ("payment_intent", payment), ("inquiry", inquiry), amount];
                till.post("/sandbox/disputes", if *all { &form[..3] } else { &form });
            }
        }
        Step::Decide { won } => {
            let open = till.get("/v1/disputes")["data"][0]["id"].clone();
            if let Some(dispute) = open.as_str() {
                let evidence = if *won { "winning_evidence" } else { "losing_evidence" };
                let form = [("evidence[uncategorized_text]", evidence), ("submit", "true")];
                till.post(&format!("/v1/disputes/{dispute}"), &form);
            }
        }
        _ => {}
    }
}

/// Everything that is kept, and what follows from it.
fn state(till: &Till) -> Vec<String> {
    let all = [
        "SELECT 'subscription', id, user_id, plan, grants, status, period_start, period_end, trial_end, \
            cancel_at_period_end FROM subscriptions",
        "SELECT 'purchase', payment, user_id, plan, grants, amount, paid_at FROM purchases",
        "SELECT 'refund', payment, captured, refunded FROM payment_refunds",
        "SELECT 'dispute', id, payment, amount, currency, status, created FROM payment_disputes",
        "SELECT 'invoice', id, user_id, subscription, grants, status, total, paid, payment FROM invoices",
        "SELECT 'entitlement', user_id, entitlement, expires_at FROM derived_entitlements",
        "SELECT 'checkout', id, status FROM checkouts",
    ];
    all.iter().flat_map(|select| till.world.sql(&till.tenant, &format!("{select} ORDER BY 2, 3"))).collect()
}

fn forget(till: &Till) {
    till.world.sql(
        &till.tenant,
        "TRUNCATE subscriptions, purchases, payment_refunds, payment_disputes, invoices, derived_entitlements, payment_events, \
            reconciliations; \
         UPDATE checkouts SET status = 'open'",
    );
}

/// Does what is due until nothing is in doubt.
fn settle(till: &Till) {
    for _ in 0..20 {
        let done = till.work();
        assert_eq!(done["failed"], 0);
        if till.world.sql(&till.tenant, "SELECT count(*) FROM subscriptions WHERE doubtful") == ["0"] {
            return;
        }
        till.post("/sandbox/clock", &[("advance", "5")]);
    }
    panic!("it stays in doubt");
}

fn tell(till: &Till, events: &[Value], telling: &Telling) {
    let mut left: Vec<&Value> = events.iter().collect();
    for index in &telling.dropped {
        if !left.is_empty() {
            left.remove(index.index(left.len()));
        }
    }
    let (mut order, mut seed) = (Vec::new(), telling.seed);
    while !left.is_empty() {
        // Knuth's generator: any order will do, as long as it is the same again.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.push(left.remove((seed >> 33) as usize % left.len()));
    }
    if !order.is_empty() {
        order.extend(telling.again.iter().map(|index| order[index.index(order.len())]).collect::<Vec<_>>());
    }
    std::thread::scope(|scope| {
        for part in order.chunks(order.len().div_ceil(telling.at_once).max(1)) {
            scope.spawn(|| part.iter().for_each(|event| drop(till.tell(event).expect(200))));
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_end_is_the_same(
        failing in any::<bool>(),
        steps in proptest::collection::vec(step(), 4..10),
        tellings in proptest::collection::vec(telling(), 2),
    ) {
        static CASE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let name = CASE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let till = Till::apart(&format!("order-{name}"));
        let gold = gold(&till.world, &till.tenant);
        let operator = Who::operator(&till.tenant);
        let book = till.world.json(&operator, "POST", "/v1/books", &json!({ "title": "A Book", "language": "en" }));
        let grants = format!("book:{}", text(&book.expect(201).data()["book"], "id"));
        let body = json!({ "name": "Book", "grants": grants, "interval": "once", "amount": 900, "currency": "EUR" });
        let book = make(&till.world, &till.tenant, "/v1/plans", &body);
        let ada = Reader::new(&till.world, &till.tenant, "ada");
        till.days(-90);
        // A history without a subscription has little to tell.
        let first = [Step::Subscribe { failing }];
        for step in first.iter().chain(&steps) {
            if matches!(step, Step::Subscribe { .. } | Step::BuyBook) {
                // What was told meanwhile decides what can be bought.
                till.tell_all();
            }
            act(&till, &ada, (&gold, &book), step);
        }
        till.post("/sandbox/clock", &[("advance", "10")]);
        let events = till.events();

        forget(&till);
        for event in &events {
            let _ = till.tell(event).expect(200);
        }
        settle(&till);
        let expected = state(&till);
        // What is kept is what the provider has.
        for one in till.get("/v1/subscriptions?status=all&limit=100")["data"].as_array().expect("a list") {
            let known = format!("subscription|{}|{}|", text(one, "id"), ada.id);
            let line = expected.iter().find(|line| line.starts_with(&known));
            prop_assert!(line.is_some_and(|line| line.contains(text(one, "status"))), "{one} in {expected:?}");
        }
        for telling in &tellings {
            forget(&till);
            tell(&till, &events, telling);
            settle(&till);
            if !telling.dropped.is_empty() {
                let report = till.world.ask(&operator, "POST", "/v1/subscriptions/reconciliations", &[], b"");
                let _ = report.expect(201);
                settle(&till);
            }
            prop_assert_eq!(&state(&till), &expected, "{:?}", telling);
            // There is nothing left to repair.
            let report = till.world.ask(&operator, "POST", "/v1/subscriptions/reconciliations", &[], b"").expect(201);
            prop_assert_eq!(&report.data()["repaired"], &json!(0), "{}", report.data());
        }
    }
}
