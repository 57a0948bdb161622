//! Access tokens. Nobody without the key makes one that is taken; whoever has it still cannot make the verifier panic,
//! nor have another tenant's token taken.
#![no_main]

use aw_trust::{
    Key,
    token::{self, Expect},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;

const KEY: [u8; 32] = [0x5a; 32];
const EXPECT: Expect<'_> = Expect { tenant: "press", issuer: "https://press.example", now_s: 1_800_000_000 };

fn sign(signed: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&KEY).expect("any length");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn check(token: &str, signed: bool) {
    let kid = token::kid(token);
    match token::verify(token, |kid| (kid == "k1").then(|| Key::new(KEY)), &EXPECT) {
        Ok(claims) => {
            assert!(signed, "a stranger's token was taken");
            assert_eq!(kid.as_deref(), Ok("k1"));
            assert_eq!((claims.tenant.as_str(), claims.iss.as_str()), (EXPECT.tenant, EXPECT.issuer));
            assert!(
                claims.exp > EXPECT.now_s && claims.exp - claims.iat <= token::LIFE && token.len() <= token::LENGTH
            );
        }
        Err(error) => assert!(error.code().starts_with("AUTH_TOKEN_")),
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    check(text, false);
    // The text signed as it stands; and as header and claims, of which the first line is the header.
    check(&sign(text), true);
    let (header, claims) = text.split_once('\n').unwrap_or((r#"{"alg":"HS256","kid":"k1","typ":"JWT"}"#, text));
    check(&sign(&format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))), true);
});
