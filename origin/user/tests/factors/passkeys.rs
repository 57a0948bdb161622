//! Passkeys, with an authenticator that a test can make lie. A real browser's are in the suite `passkeys`.

use aw_origin_harness::{Answer, Who, World};
use ciborium::{Value as Cbor, cbor};
use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{audit, challenge, login, member, post, prove, reader, stranger, text};

const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;

/// An authenticator with one credential.
#[derive(Clone)]
struct Device {
    key: SigningKey,
    id: Vec<u8>,
    count: u32,
    flags: u8,
    origin: String,
    handle: Option<String>,
}

impl Device {
    fn new(tenant: &str, seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            id: Sha256::digest([tenant.as_bytes(), &[seed]].concat()).to_vec(),
            count: 1,
            flags: PRESENT | VERIFIED,
            origin: format!("http://{tenant}.localhost"),
            handle: None,
        }
    }

    fn client(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let client = json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        client.to_string().into_bytes()
    }

    fn data(&self, rp_id: &str, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(rp_id).to_vec();
        data.push(self.flags | flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    /// The answer to the options of a registration.
    fn make(&mut self, options: &Value) -> Value {
        let options = &options["publicKey"];
        self.handle = Some(text(&options["user"], "id").to_owned());
        let point = self.key.verifying_key().to_sec1_point(false);
        let bytes = point.as_bytes();
        let key = cbor!({ 1 => 2, 3 => -7, -1 => 1, -2 => Cbor::Bytes(bytes[1..33].to_vec()),
            -3 => Cbor::Bytes(bytes[33..].to_vec()) });
        let mut data = self.data(text(&options["rp"], "id"), 64);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        ciborium::into_writer(&key.unwrap(), &mut data).unwrap();
        let object = cbor!({ "fmt" => "none", "attStmt" => {}, "authData" => Cbor::Bytes(data) });
        let mut attestation = Vec::new();
        ciborium::into_writer(&object.unwrap(), &mut attestation).unwrap();
        let client = self.client("webauthn.create", text(options, "challenge"));
        json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key",
            "clientExtensionResults": {}, "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": base64url(&client), "attestationObject": base64url(&attestation),
                "transports": ["internal"], "publicKeyAlgorithm": -7,
            },
        })
    }

    /// The answer to the options of a login.
    fn sign(&mut self, options: &Value) -> Value {
        let options = &options["publicKey"];
        self.count += 1;
        let data = self.data(text(options, "rpId"), 0);
        let client = self.client("webauthn.get", text(options, "challenge"));
        let mut message = data.clone();
        message.extend(Sha256::digest(&client));
        let signature: Signature = self.key.sign(&message);
        json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(&client), "authenticatorData": base64url(&data),
                "signature": base64url(signature.to_der().as_bytes()), "userHandle": self.handle,
            },
        })
    }
}

fn base64url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn options(world: &World, tenant: &str, body: Value) -> Value {
    post(world, &stranger(tenant), "passkeys/login/options", body).expect(200).data()
}

fn add(world: &World, who: &Who, device: &mut Device) -> Answer {
    let options = post(world, who, "passkeys/options", json!({})).expect(200).data();
    post(world, who, "passkeys", json!({ "name": " Phone ", "credential": device.make(&options) }))
}

fn enter(world: &World, tenant: &str, device: &mut Device) -> Answer {
    let credential = device.sign(&options(world, tenant, json!({})));
    post(world, &stranger(tenant), "passkeys/login", json!({ "credential": credential }))
}

#[test]
fn a_passkey_lets_in_alone_and_as_the_second_step() {
    let world = World::new(&[]);
    let tenant = world.tenant("passkeys");
    let (ada, id) = member(&world, &tenant, "a@example.org");
    let mut phone = Device::new(&tenant, 1);
    let asked = post(&world, &ada, "passkeys/options", json!({})).expect(200).data();
    assert_eq!(asked["publicKey"]["rp"], json!({ "id": "passkeys.localhost", "name": "Press passkeys" }));
    assert_eq!(asked["publicKey"]["attestation"], "none");
    let made = add(&world, &ada, &mut phone).expect(201).data();
    assert_eq!((&made["passkey"]["name"], made["recoveryCodes"].as_array().unwrap().len()), (&json!("Phone"), 10));
    assert_eq!(audit(&world, &tenant, "user.passkey.added"), 1);

    let tokens = enter(&world, &tenant, &mut phone).expect(200).data();
    assert_eq!(text(&tokens["user"], "id"), id);
    let seen = world.get(&reader(&tenant, &tokens), "/v1/auth/passkeys").expect(200).data();
    assert!(seen[0]["lastUsedAt"].is_string(), "{seen}");

    let first = login(&world, &tenant, "a@example.org").expect(200).data();
    assert_eq!(first["factors"], json!(["recovery", "passkey"]));
    let buy = text(&first, "challenge");
    let asked = options(&world, &tenant, json!({ "challenge": buy }));
    assert_eq!(asked["publicKey"]["allowCredentials"][0]["id"], base64url(&phone.id));
    // Being there is enough beside a password.
    phone.flags = PRESENT;
    phone.handle = None;
    let proof = json!({ "challenge": buy, "passkey": phone.sign(&asked) });
    let _ = prove(&world, &tenant, proof.clone()).expect(200);
    assert_eq!(prove(&world, &tenant, proof).expect(401).code(), "AUTH_CHALLENGE_INVALID");
    // Where there is no password it is not.
    assert_eq!(enter(&world, &tenant, &mut phone).expect(401).code(), "AUTH_PASSKEY_UNVERIFIED");
}

#[test]
fn what_is_replayed_copied_or_somebody_elses_is_refused() {
    let world = World::new(&[]);
    let tenant = world.tenant("forged");
    let (ada, _) = member(&world, &tenant, "a@example.org");
    let (bob, _) = member(&world, &tenant, "b@example.org");
    let mut phone = Device::new(&tenant, 1);
    let _ = add(&world, &ada, &mut phone).expect(201);
    let mut bobs = Device::new(&tenant, 2);
    let _ = add(&world, &bob, &mut bobs).expect(201);
    let send =
        |credential: &Value| post(&world, &stranger(&tenant), "passkeys/login", json!({ "credential": credential }));

    let good = phone.sign(&options(&world, &tenant, json!({})));
    let _ = send(&good).expect(200);
    assert_eq!(send(&good).expect(401).code(), "AUTH_PASSKEY_EXPIRED");
    // An older count: the device, or a copy of it.
    let mut copy = phone.clone();
    copy.count -= 1;
    assert_eq!(enter(&world, &tenant, &mut copy).expect(401).code(), "AUTH_PASSKEY_COPIED");
    assert_eq!(audit(&world, &tenant, "user.passkey.copied"), 1);
    let late = phone.sign(&options(&world, &tenant, json!({})));
    world.sql(&tenant, "UPDATE passkey_ceremonies SET expires_at = now()");
    assert_eq!(send(&late).expect(401).code(), "AUTH_PASSKEY_EXPIRED");
    // A registration's challenge is none of a login, and another's is none of mine.
    let asked = post(&world, &ada, "passkeys/options", json!({})).expect(200).data();
    let mut turned = asked.clone();
    turned["publicKey"]["rpId"] = json!("forged.localhost");
    assert_eq!(send(&phone.sign(&turned)).expect(401).code(), "AUTH_PASSKEY_EXPIRED");
    let new = json!({ "name": "x", "credential": Device::new(&tenant, 3).make(&asked) });
    assert_eq!(post(&world, &bob, "passkeys", new.clone()).expect(401).code(), "AUTH_PASSKEY_EXPIRED");
    assert_eq!(post(&world, &ada, "passkeys", new.clone()).status, 201);
    assert_eq!(post(&world, &ada, "passkeys", new).expect(401).code(), "AUTH_PASSKEY_EXPIRED");

    // Another site's page, another key, another's handle, a credential that nobody has.
    let case = |change: &dyn Fn(&mut Device)| {
        let mut device = phone.clone();
        device.count += 100;
        change(&mut device);
        enter(&world, &tenant, &mut device).expect(401).code()
    };
    assert_eq!(case(&|d| d.origin = "http://evil.localhost".into()), "AUTH_PASSKEY_WRONG");
    assert_eq!(case(&|d| d.key = bobs.key.clone()), "AUTH_PASSKEY_WRONG");
    assert_eq!(case(&|d| d.handle = bobs.handle.clone()), "AUTH_PASSKEY_WRONG");
    assert_eq!(case(&|d| d.handle = None), "AUTH_PASSKEY_WRONG");
    assert_eq!(case(&|d| d.flags = VERIFIED), "AUTH_PASSKEY_WRONG");
    assert_eq!(case(&|d| d.id = vec![9; 16]), "AUTH_PASSKEY_UNKNOWN");
    // Bob's passkey is no second step of Ada's.
    let buy = challenge(&world, &tenant, "a@example.org");
    let proof = bobs.sign(&options(&world, &tenant, json!({ "challenge": buy })));
    let answer = prove(&world, &tenant, json!({ "challenge": buy, "passkey": proof })).expect(401);
    assert_eq!(answer.code(), "AUTH_FACTOR_WRONG");
    // Nor is one that is known here let in at another press.
    let other = world.tenant("forged-other");
    phone.origin = "http://forged-other.localhost".into();
    phone.count += 100;
    assert_eq!(enter(&world, &other, &mut phone).expect(401).code(), "AUTH_PASSKEY_UNKNOWN");
}

#[test]
fn passkeys_are_listed_renamed_and_removed_by_their_owner() {
    let world = World::new(&[]);
    let tenant = world.tenant("keyring");
    let (ada, _) = member(&world, &tenant, "a@example.org");
    let (bob, _) = member(&world, &tenant, "b@example.org");
    let mut ids = Vec::new();
    for seed in 1..=20 {
        let made = add(&world, &ada, &mut Device::new(&tenant, seed)).expect(201).data();
        ids.push(text(&made["passkey"], "id").to_owned());
        assert_eq!(made["recoveryCodes"].as_array().unwrap().is_empty(), seed > 1);
    }
    assert_eq!(add(&world, &ada, &mut Device::new(&tenant, 21)).expect(409).code(), "AUTH_PASSKEYS_TOO_MANY");
    assert_eq!(add(&world, &bob, &mut Device::new(&tenant, 1)).expect(409).code(), "AUTH_PASSKEY_TAKEN");
    let page = world.get(&ada, "/v1/auth/passkeys?limit=15").expect(200).json();
    let next = format!("/v1/auth/passkeys?limit=15&cursor={}", text(&page["pagination"], "nextCursor"));
    assert_eq!(world.get(&ada, &next).expect(200).data().as_array().unwrap().len(), 5);
    assert_eq!(world.get(&bob, "/v1/auth/passkeys").expect(200).data(), json!([]));

    let target = format!("/v1/auth/passkeys/{}", ids[0]);
    let rename = |who: &Who, etag: &str, name: &str| {
        let fields = [("content-type", "application/json"), ("if-match", etag)];
        world.ask(who, "PATCH", &target, &fields, json!({ "name": name }).to_string().as_bytes())
    };
    assert_eq!(world.json(&ada, "PATCH", &target, &json!({ "name": "x" })).status, 428);
    assert_eq!(rename(&bob, "*", "x").status, 404);
    assert_eq!(rename(&ada, "\"1\"", "").status, 422);
    let renamed = rename(&ada, "\"1\"", "Key").expect(200);
    assert_eq!((renamed.etag(), text(&renamed.data(), "name")), ("\"2\"".to_owned(), "Key"));
    assert_eq!(rename(&ada, "\"1\"", "Late").status, 412);

    let remove = |who: &Who, id: &str| world.ask(who, "DELETE", &format!("/v1/auth/passkeys/{id}"), &[], b"");
    assert_eq!((remove(&bob, &ids[0]).status, remove(&ada, "x").status), (404, 404));
    for id in &ids {
        let _ = remove(&ada, id).expect(204);
    }
    let overview = world.get(&ada, "/v1/auth/factors").expect(200).data();
    assert_eq!(overview, json!({ "totp": false, "passkeys": 0, "recoveryCodes": 0 }));
    assert!(login(&world, &tenant, "a@example.org").expect(200).data()["accessToken"].is_string());
}
