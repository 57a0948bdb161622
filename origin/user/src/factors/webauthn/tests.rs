//! The specification's own test vectors (Level 3, section 16), and what is made of them.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::Deserialize;

use super::{Party, Refusal, Signed, login, register};

#[derive(Deserialize)]
struct Vector {
    name: String,
    register: Registration,
    login: Login,
}

#[derive(Deserialize)]
struct Registration {
    challenge: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(rename = "attestationObject")]
    attestation: String,
    credential_id: String,
}

#[derive(Deserialize)]
struct Login {
    challenge: String,
    #[serde(rename = "authenticatorData")]
    authenticator_data: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    signature: String,
}

const PARTY: Party<'_> = Party { rp_id: "example.org", origin: "https://example.org" };

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}

fn vector(name: &str) -> Vector {
    vectors().into_iter().find(|v| v.name == name).unwrap()
}

#[test]
fn the_specifications_examples_are_taken_but_for_frames_and_other_algorithms() {
    let mut taken = Vec::new();
    for v in vectors() {
        let (client, attestation) = (bytes(&v.register.client_data), bytes(&v.register.attestation));
        let made = match register(PARTY, &client, &attestation) {
            Ok(made) => made,
            Err(Refusal(why)) => {
                let expected = match v.name.as_str() {
                    "none-es256-crossOrigin" | "none-es256-topOrigin" => "it was done in a frame of another site",
                    "packed-es384" | "packed-es512" | "packed-ed448" => {
                        "the public key is of no algorithm that was asked for"
                    }
                    _ => "",
                };
                assert_eq!(why, expected, "{}", v.name);
                continue;
            }
        };
        assert_eq!(made.id, bytes(&v.register.credential_id), "{}", v.name);
        assert_eq!(made.challenge, BASE64URL_NOPAD.encode(&bytes(&v.register.challenge)), "{}", v.name);
        let (client, data, signature) =
            (bytes(&v.login.client_data), bytes(&v.login.authenticator_data), bytes(&v.login.signature));
        let signed = Signed { client_data: &client, authenticator_data: &data, signature: &signature };
        login(PARTY, signed, &made.public_key).unwrap_or_else(|e| panic!("{}: {e:?}", v.name));
        assert_eq!(super::challenge(PARTY, &client), Ok(BASE64URL_NOPAD.encode(&bytes(&v.login.challenge))));
        // Not one bit of what is signed can be another.
        for n in 0..signature.len().min(80) {
            let mut altered = signature.clone();
            altered[n] ^= 4;
            let signed = Signed { signature: &altered, ..signed };
            assert!(login(PARTY, signed, &made.public_key).is_err(), "{} {n}", v.name);
        }
        let mut altered = data.clone();
        altered[36] ^= 1;
        assert!(login(PARTY, Signed { authenticator_data: &altered, ..signed }, &made.public_key).is_err());
        taken.push(v.name);
    }
    let expected = "none-es256 packed-self-es256 none-es256-long-credential-id packed-es256 packed-rs256 packed-eddsa \
                    tpm-es256 android-key-es256 apple-es256 fido-u2f-es256";
    assert_eq!(taken.join(" "), expected);
}

#[test]
fn another_place_or_ceremony_is_refused() {
    let v = vector("none-es256");
    let (client, attestation) = (bytes(&v.register.client_data), bytes(&v.register.attestation));
    let refused = |party, client: &[u8]| register(party, client, &attestation).unwrap_err().0;
    assert_eq!(refused(Party { rp_id: "example.com", ..PARTY }, &client), "the credential is for another host");
    for origin in ["https://example.org.evil.example", "http://example.org", "https://example.org:8443"] {
        assert_eq!(refused(Party { origin, ..PARTY }, &client), "clientDataJSON names another origin");
    }
    assert_eq!(refused(PARTY, &bytes(&v.login.client_data)), "clientDataJSON is of another ceremony");
    let key = register(PARTY, &client, &attestation).unwrap().public_key;
    let (data, signature) = (bytes(&v.login.authenticator_data), bytes(&v.login.signature));
    let signed = Signed { client_data: &client, authenticator_data: &data, signature: &signature };
    assert_eq!(login(PARTY, signed, &key).unwrap_err().0, "clientDataJSON is of another ceremony");
}

#[test]
fn what_is_cut_or_altered_is_refused_and_nothing_panics() {
    for v in vectors() {
        let (client, attestation) = (bytes(&v.register.client_data), bytes(&v.register.attestation));
        for n in 0..attestation.len() {
            assert!(register(PARTY, &client, &attestation[..n]).is_err(), "{} {n}", v.name);
        }
        let longer = [attestation.clone(), vec![0]].concat();
        assert!(register(PARTY, &client, &longer).is_err());
        for n in 0..attestation.len().min(300) {
            for bit in [1, 32, 128] {
                let mut altered = attestation.clone();
                altered[n] ^= bit;
                let _ = register(PARTY, &client, &altered);
            }
        }
        let data = bytes(&v.login.authenticator_data);
        for n in 0..data.len() {
            assert!(super::AuthenticatorData::parse(&data[..n]).is_err());
        }
    }
    let deep = [vec![0x81; 100_000], vec![0]].concat();
    assert!(register(PARTY, &bytes(&vector("none-es256").register.client_data), &deep).is_err());
}
