//! How often a password may be tried.

use std::net::IpAddr;

use aw_origin_harness::{Who, World};

use super::{PASSWORD, login, register, stranger};

#[test]
fn of_thirty_guesses_at_once_ten_are_heard() {
    let world = World::new(&[]);
    let tenant = world.tenant("guesses");
    register(&world, &tenant, "a@example.org");
    let answers = std::thread::scope(|scope| {
        let guess = |n: u8| {
            let who = Who::stranger(&tenant, IpAddr::from([198, 51, 100, n]));
            login(&world, &who, "a@example.org", "wrong wrong wrong")
        };
        let all: Vec<_> = (0..30).map(|n| scope.spawn(move || guess(n))).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()
    });
    let count = |status: u16| answers.iter().filter(|a| a.status == status).count();
    assert_eq!((count(401), count(429)), (10, 20));
    let throttled = answers.iter().find(|a| a.status == 429).unwrap();
    assert_eq!(throttled.code(), "AUTH_LOGIN_THROTTLED");
    let wait: u32 = throttled.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    // The right password is a guess like any other while the window lasts, and is heard in the next.
    assert_eq!(login(&world, &stranger(&tenant), "a@example.org", PASSWORD).status, 429);
    world.sql(&tenant, "UPDATE login_attempts SET ends_at = now()");
    assert_eq!(login(&world, &stranger(&tenant), "a@example.org", PASSWORD).status, 200);
}

#[test]
fn an_address_that_tries_many_accounts_is_stopped_and_others_are_not() {
    let world = World::new(&[]);
    let tenant = world.tenant("sprayed");
    let who = Who::stranger(&tenant, IpAddr::from([203, 0, 113, 7]));
    let _ = login(&world, &who, "n0@example.org", "x").expect(401);
    world.sql(&tenant, "UPDATE login_attempts SET attempts = 99 WHERE bucket = 'address:203.0.113.7'");
    assert_eq!(login(&world, &who, "n1@example.org", "x").status, 401);
    assert_eq!(login(&world, &who, "n2@example.org", "x").status, 429);
    assert_eq!(login(&world, &stranger(&tenant), "n2@example.org", "x").status, 401);
}

#[test]
fn who_logs_in_is_not_counted() {
    let world = World::new(&[]);
    let tenant = world.tenant("forgiven");
    register(&world, &tenant, "a@example.org");
    for _ in 0..12 {
        let _ = login(&world, &stranger(&tenant), "a@example.org", PASSWORD).expect(200);
    }
    assert_eq!(world.sql(&tenant, "SELECT attempts FROM login_attempts WHERE bucket LIKE 'account:%'"), ["0"]);
}
