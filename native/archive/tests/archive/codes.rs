//! Codes that people have in their hands are good where their press is restored, under another master key.

use std::time::{SystemTime, UNIX_EPOCH};

use aw_archive::{Place, export, import};
use aw_model::names::header;
use aw_origin_harness::{Answer, Who, World};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use super::{Folder, PASSWORD, quietly};

fn stranger(tenant: &str) -> Who {
    Who::stranger(tenant, [192, 0, 2, 9].into())
}

/// Whose token it is.
fn reader(tenant: &str, tokens: &Value) -> Who {
    let payload = tokens["accessToken"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap();
    let text = |name: &str| claims[name].as_str().unwrap();
    stranger(tenant).user(text("sub"), "reader").with(header::SESSION, text("sid"))
}

fn register(world: &World, tenant: &str, name: &str) -> Who {
    let body = json!({ "email": format!("{name}@example.org"), "password": PASSWORD });
    reader(tenant, &world.json(&stranger(tenant), "POST", "/v1/auth/register", &body).expect(201).data())
}

/// The code of an app now (RFC 6238).
fn totp(secret: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(&BASE32_NOPAD.decode(secret.as_bytes()).unwrap()).unwrap();
    mac.update(&(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30).to_be_bytes());
    let mac = mac.finalize().into_bytes();
    let at = usize::from(mac[19] & 15);
    format!("{:06}", (u32::from_be_bytes(mac[at..at + 4].try_into().unwrap()) & 0x7fff_ffff) % 1_000_000)
}

/// Sets codes of an app up; gives the recovery codes.
fn recovery_codes(world: &World, who: &Who) -> Vec<String> {
    let new = world.json(who, "POST", "/v1/auth/factors/totp", &json!({})).expect(201).data();
    let code = json!({ "code": totp(new["secret"].as_str().unwrap()) });
    let made = world.json(who, "POST", "/v1/auth/factors/totp/confirm", &code).expect(200).data();
    made["recoveryCodes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// Logs in with a recovery code.
fn recover(world: &World, tenant: &str, name: &str, code: &str) -> Answer {
    let body = json!({ "email": format!("{name}@example.org"), "password": PASSWORD });
    let first = world.json(&stranger(tenant), "POST", "/v1/auth/login", &body).expect(200).data();
    let proof = json!({ "challenge": first["challenge"], "recoveryCode": code });
    world.json(&stranger(tenant), "POST", "/v1/auth/login/factor", &proof)
}

fn work(world: &World) {
    let _ = world.ask(&Who::operator(""), "POST", "/_aw/work/subscription", &[], b"").expect(200);
}

#[test]
fn codes_are_good_elsewhere() {
    let folder = Folder::new("codes");
    let (from, to) = (World::of_gateways(&[]), World::of_another_installation(&[]));
    from.tenant("press");
    let owner = Who::operator("press");
    let _ = from.json(&owner, "PUT", "/v1/tiers/gold", &json!({ "name": "Gold" })).expect(201);
    let gift = || from.json(&owner, "POST", "/v1/gifts", &json!({ "grants": "tier:gold" })).expect(201).data();
    let (one, other) = (gift(), gift());
    let (ada, bob) = (register(&from, "press", "ada"), register(&from, "press", "bob"));
    let (codes, older) = (recovery_codes(&from, &ada), recovery_codes(&from, &bob));
    let _ = recover(&from, "press", "ada", &codes[0]).expect(200);
    assert_eq!(export(from.settings(), "press", &folder.file("all.zip"), &quietly).unwrap().left, [""; 0]);

    // As it was before codes were sealed: what cannot move is named.
    from.sql("press", "DELETE FROM recovery_keys k USING users u WHERE u.id = k.user_id AND u.email LIKE 'bob%'");
    from.sql("press", "UPDATE gifts SET code_sealed = NULL");
    assert_eq!(recover(&from, "press", "bob", &older[0]).status, 401, "another key hashed it");
    let exported = export(from.settings(), "press", &folder.file("some.zip"), &quietly).unwrap();
    assert!(exported.left.len() == 2 && exported.left.iter().all(|what| what.starts_with(['1', '2'])), "{exported:?}");
    let shown = |world: &World, tenant: &str, gift: &Value| {
        let target = format!("/v1/gifts/{}", gift["id"].as_str().unwrap());
        world.get(&Who::operator(tenant), &target).expect(200).data()["code"].clone()
    };
    assert_eq!(shown(&from, "press", &one), Value::Null);
    work(&from);
    assert_eq!(shown(&from, "press", &one), one["code"], "it is made of what is known here");
    let file = folder.file("press.zip");
    assert_eq!(export(from.settings(), "press", &file, &quietly).unwrap().left.len(), 1);

    for (tenant, place) in [
        ("press", Place::default()),
        ("moved", Place { id: Some("moved".into()), hosts: vec!["moved.localhost".into()], base_url: None }),
    ] {
        import(to.settings(), &file, &place, &quietly).unwrap();
        work(&to);
        assert_eq!(shown(&to, tenant, &one), one["code"]);
        let reader = register(&to, tenant, "carol");
        let redeem = json!({ "code": other["code"] });
        let _ = to.json(&reader, "POST", "/v1/gifts/redemptions", &redeem).expect(201);
        let new = to.json(&Who::operator(tenant), "POST", "/v1/gifts", &json!({ "grants": "tier:gold" })).expect(201);
        assert_eq!(shown(&to, tenant, &new.data()), new.data()["code"]);
        assert_eq!(recover(&to, tenant, "ada", &codes[0]).status, 401, "used up");
        let _ = recover(&to, tenant, "ada", &codes[1]).expect(200);
    }

    // Of a gift whose code only its owner has nothing is shown; it is as good as ever.
    let place = Place { id: Some("older".into()), hosts: vec!["older.localhost".into()], base_url: None };
    import(to.settings(), &folder.file("some.zip"), &place, &quietly).unwrap();
    work(&to);
    assert_eq!(shown(&to, "older", &one), Value::Null);
    assert_eq!(to.sql("older", "SELECT count(*) FROM gifts WHERE code_sealed IS NULL"), ["0"], "it is looked at once");
    let reader = register(&to, "older", "carol");
    let _ = to.json(&reader, "POST", "/v1/gifts/redemptions", &json!({ "code": one["code"] })).expect(201);
}
