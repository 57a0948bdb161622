//! Codes and recovery codes.

use std::time::{SystemTime, UNIX_EPOCH};

use aw_model::names::header;
use aw_origin_harness::{Who, World};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha1::Sha1;

use super::{PASSWORD, audit, challenge, login, member, post, prove, reader, stranger, text};

fn now_step() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30
}

/// The code that an app shows in a step, so many from now.
fn code(secret: &str, later: i64) -> String {
    let key = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&now_step().checked_add_signed(later).unwrap().to_be_bytes());
    let mac = mac.finalize().into_bytes();
    let at = usize::from(mac[19] & 15);
    let word = u32::from_be_bytes(mac[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

/// Sets codes up with the code of the step before: secret and recovery codes.
fn enable(world: &World, who: &Who) -> (String, Vec<String>) {
    let new = post(world, who, "factors/totp", json!({})).expect(201).data();
    let secret = text(&new, "secret").to_owned();
    assert!(text(&new, "qr").starts_with("<svg"));
    assert!(text(&new, "uri").contains(&format!("secret={secret}&")), "{new}");
    let made = post(world, who, "factors/totp/confirm", json!({ "code": code(&secret, -1) })).expect(200).data();
    let codes = made["recoveryCodes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect();
    (secret, codes)
}

/// No code of a test may grow old between being made and being sent.
fn early_in_a_step() {
    while SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() % 30 > 22 {
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

#[test]
fn who_has_codes_logs_in_in_two_steps() {
    let world = World::new(&[]);
    let tenant = world.tenant("two-steps");
    let email = "a@example.org";
    let (ada, id) = member(&world, &tenant, email);
    early_in_a_step();
    let (secret, codes) = enable(&world, &ada);
    assert_eq!(codes.len(), 10);
    assert_eq!(audit(&world, &tenant, "user.totp.enabled"), 1);
    let told =
        "SELECT address FROM mails WHERE template = 'factor-changed' AND text LIKE '%asks for a code of an app from%'";
    assert_eq!(world.sql(&tenant, told), [email]);
    let overview = world.get(&ada, "/v1/auth/factors").expect(200).data();
    assert_eq!(overview, json!({ "totp": true, "passkeys": 0, "recoveryCodes": 10 }));
    assert!(!world.sql(&tenant, "SELECT encode(sealed, 'escape') FROM totp_secrets").join("\n").contains(&secret));

    let first = login(&world, &tenant, email).expect(200).data();
    assert_eq!((&first["factors"], &first["expiresIn"]), (&json!(["totp", "recovery"]), &json!(300)));
    let buy = text(&first, "challenge").to_owned();
    let give = |challenge: &str, code: &str| prove(&world, &tenant, json!({ "challenge": challenge, "totp": code }));
    // The code that confirmed is used up, and so is every older one.
    assert_eq!(give(&buy, &code(&secret, -1)).expect(401).code(), "AUTH_FACTOR_WRONG");
    assert_eq!(give(&buy, "000").expect(401).code(), "AUTH_FACTOR_WRONG");
    let right = code(&secret, 0);
    let spaced = format!("{} {}", &right[..3], &right[3..]);
    let tokens = give(&buy, &spaced).expect(200).data();
    assert_eq!(text(&tokens["user"], "id"), id);
    let _ = world.get(&reader(&tenant, &tokens), "/v1/auth/factors").expect(200);
    // Challenge and code are taken once.
    assert_eq!(give(&buy, &code(&secret, 1)).expect(401).code(), "AUTH_CHALLENGE_INVALID");
    let next = challenge(&world, &tenant, email);
    assert_eq!(give(&next, &right).expect(401).code(), "AUTH_FACTOR_WRONG");
    let _ = give(&next, &code(&secret, 1)).expect(200);
    assert_eq!(give("no challenge", &right).expect(401).code(), "AUTH_CHALLENGE_INVALID");
    for body in [json!({ "challenge": buy }), json!({ "challenge": buy, "totp": "1", "recoveryCode": "2" })] {
        assert_eq!(prove(&world, &tenant, body).expect(422).code(), "AUTH_PROOF_INVALID");
    }
}

#[test]
fn a_code_is_taken_once_of_many_who_send_it() {
    let world = World::new(&[]);
    let tenant = world.tenant("race");
    let (ada, _) = member(&world, &tenant, "a@example.org");
    early_in_a_step();
    let (secret, codes) = enable(&world, &ada);
    let race = |proof: serde_json::Value| {
        let challenges: Vec<String> = (0..4).map(|_| challenge(&world, &tenant, "a@example.org")).collect();
        std::thread::scope(|scope| {
            let all: Vec<_> = challenges
                .iter()
                .map(|challenge| {
                    let (world, tenant, mut body) = (&world, &tenant, proof.clone());
                    body["challenge"] = json!(challenge);
                    scope.spawn(move || prove(world, tenant, body).status)
                })
                .collect();
            let mut all: Vec<u16> = all.into_iter().map(|t| t.join().unwrap()).collect();
            all.sort_unstable();
            all
        })
    };
    assert_eq!(race(json!({ "totp": code(&secret, 0) })), [200, 401, 401, 401]);
    assert_eq!(race(json!({ "recoveryCode": codes[3] })), [200, 401, 401, 401]);
    assert_eq!(audit(&world, &tenant, "user.recovery-codes.used"), 1);
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM sessions"), ["3"]);
}

#[test]
fn a_challenge_ends_with_five_tries_or_five_minutes_and_an_account_with_ten() {
    let world = World::new(&[]);
    let tenant = world.tenant("limits");
    let (ada, _) = member(&world, &tenant, "a@example.org");
    let (_, codes) = enable(&world, &ada);
    let guess = |challenge: &str| prove(&world, &tenant, json!({ "challenge": challenge, "totp": "123456" }));
    world.sql(&tenant, "UPDATE login_attempts SET attempts = 0");
    let buy = challenge(&world, &tenant, "a@example.org");
    let tried: Vec<String> = (0..6).map(|_| guess(&buy).expect(401).code()).collect();
    assert_eq!(tried[4..], ["AUTH_FACTOR_WRONG", "AUTH_CHALLENGE_INVALID"]);
    let right = json!({ "challenge": buy, "recoveryCode": codes[0] });
    assert_eq!(prove(&world, &tenant, right).expect(401).code(), "AUTH_CHALLENGE_INVALID");

    let late = challenge(&world, &tenant, "a@example.org");
    world.sql(&tenant, "UPDATE login_challenges SET expires_at = now()");
    let right = json!({ "challenge": late, "recoveryCode": codes[0] });
    assert_eq!(prove(&world, &tenant, right).expect(401).code(), "AUTH_CHALLENGE_INVALID");

    let more = challenge(&world, &tenant, "a@example.org");
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM login_challenges"), ["1"], "swept");
    (0..5).for_each(|_| drop(guess(&more).expect(401)));
    let last = challenge(&world, &tenant, "a@example.org");
    assert_eq!(guess(&last).expect(429).code(), "AUTH_LOGIN_THROTTLED");
    world.sql(&tenant, "UPDATE login_attempts SET ends_at = now()");
    let _ = prove(&world, &tenant, json!({ "challenge": last, "recoveryCode": codes[0].to_uppercase() })).expect(200);
}

#[test]
fn codes_are_given_up_with_a_proof_and_set_up_from_a_fresh_login() {
    let world = World::new(&[]);
    let tenant = world.tenant("proofs");
    let email = "a@example.org";
    let (ada, id) = member(&world, &tenant, email);
    member(&world, &tenant, "b@example.org");
    // Neither a session that has grown old nor somebody else's sets anything up.
    world.sql(&tenant, "UPDATE sessions SET created_at = created_at - interval '16 minutes'");
    assert_eq!(post(&world, &ada, "factors/totp", json!({})).expect(403).code(), "AUTH_LOGIN_STALE");
    world.sql(&tenant, "UPDATE sessions SET created_at = now()");
    let bobs = world.sql(&tenant, &format!("SELECT id FROM sessions WHERE user_id <> '{id}'"));
    let mixed = stranger(&tenant).user(&id, "reader").with(header::SESSION, &bobs[0]);
    assert_eq!(post(&world, &mixed, "factors/totp", json!({})).code(), "AUTH_LOGIN_STALE");
    assert_eq!(post(&world, &stranger(&tenant), "factors/totp", json!({})).status, 401);
    assert_eq!(post(&world, &Who::operator(&tenant), "factors/totp", json!({})).code(), "AUTH_USER_REQUIRED");
    assert_eq!(post(&world, &ada, "factors/recovery-codes", json!({})).expect(409).code(), "AUTH_FACTOR_MISSING");

    early_in_a_step();
    // A secret that was never confirmed asks nobody for anything.
    let _ = post(&world, &ada, "factors/totp", json!({})).expect(201);
    assert!(login(&world, &tenant, email).expect(200).data()["accessToken"].is_string());
    let wrong = post(&world, &ada, "factors/totp/confirm", json!({ "code": "12345x" })).expect(422);
    assert_eq!(wrong.code(), "AUTH_TOTP_WRONG");
    let (secret, old) = enable(&world, &ada);
    assert_eq!(post(&world, &ada, "factors/totp", json!({})).expect(409).code(), "AUTH_TOTP_ENABLED");

    let new = post(&world, &ada, "factors/recovery-codes", json!({})).expect(201).data();
    let buy = challenge(&world, &tenant, email);
    let void = prove(&world, &tenant, json!({ "challenge": buy, "recoveryCode": old[0] }));
    assert_eq!(void.expect(401).code(), "AUTH_FACTOR_WRONG");
    let _ = prove(&world, &tenant, json!({ "challenge": buy, "recoveryCode": new["recoveryCodes"][0] })).expect(200);

    let give_up = |body| post(&world, &ada, "factors/totp/disable", body);
    assert_eq!(give_up(json!({ "password": "wrong" })).expect(422).code(), "AUTH_PASSWORD_WRONG");
    assert_eq!(give_up(json!({ "code": code(&secret, -1) })).expect(422).code(), "AUTH_TOTP_WRONG");
    assert_eq!(give_up(json!({})).expect(422).code(), "AUTH_PROOF_INVALID");
    let _ = give_up(json!({ "code": code(&secret, 0) })).expect(204);
    assert_eq!(give_up(json!({ "password": PASSWORD })).expect(409).code(), "AUTH_TOTP_DISABLED");
    assert!(login(&world, &tenant, email).expect(200).data()["accessToken"].is_string());
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM recovery_codes"), ["0"]);
    enable(&world, &ada);
    let _ = give_up(json!({ "password": PASSWORD })).expect(204);
    assert_eq!(audit(&world, &tenant, "user.totp.disabled"), 2);
}
