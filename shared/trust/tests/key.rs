//! Keys are derived and sealed as the protocol says; a sealed key opens for its own tenant and `kid` only.

use aw_trust::{
    Key, csrf,
    key::{self, KeyError},
};

const SECRET: [u8; 32] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
    31,
];
/// The key of 32 nines, sealed with `SECRET` for tenant `press`, kid `k1`, nonce of 24 sevens; made with libsodium.
const SEALED: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHQMuGMg_bErJU7p9RL4oCyHLRzP3Ffp-ounIKDEqbVDxSM8GIdpvlkLXHz-hyTfb7";

/// Keys do not show themselves; what they sign does.
fn same(a: &Key, b: &Key) -> bool {
    csrf::token(a, "s") == csrf::token(b, "s")
}

fn hex(text: &str) -> Key {
    let bytes: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect();
    Key::new(bytes.try_into().unwrap())
}

#[test]
fn derivation_is_hkdf() {
    // Computed with Python's hmac: HMAC(HMAC("authorworks", secret), info ‖ 0x01).
    let request = hex("4245f3f164f9b91836d4c137a2c8d97baf6456434b5202c9e4fa9eb34b18fff1");
    assert!(same(&key::derive(&SECRET, "request").unwrap(), &request));
    let tenant = hex("014ed105bb5558ed6717067da07d49b17bba7eb492f08c104079ae8a13d552ae");
    assert!(same(&key::tenant_key(&SECRET, "press", "k1").unwrap(), &tenant));
    for (t, kid) in [("press", "k2"), ("pres", "sk1"), ("other", "k1")] {
        assert!(!same(&key::tenant_key(&SECRET, t, kid).unwrap(), &tenant), "{t} {kid}");
    }
}

#[test]
fn a_short_secret_is_refused_with_the_remedy() {
    let error = key::derive(&SECRET[..31], "request").unwrap_err();
    assert_eq!(error, KeyError::Short(31));
    assert!(error.to_string().contains("openssl rand -hex 32"), "{error}");
    assert!(key::seal(b"short", "press", "k1", &Key::new([0; 32]), [0; 24]).is_err());
    assert_eq!(key::unseal(b"", "press", "k1", SEALED).unwrap_err(), KeyError::Short(0));
}

#[test]
fn seals_are_xchacha20_poly1305() {
    let nine = Key::new([9; 32]);
    assert_eq!(key::seal(&SECRET, "press", "k1", &nine, [7; 24]).as_deref(), Ok(SEALED));
    assert!(same(&key::unseal(&SECRET, "press", "k1", SEALED).unwrap(), &nine));
}

#[test]
fn a_seal_opens_for_its_own_tenant_and_kid_only() {
    for (secret, tenant, kid) in [(SECRET, "other", "k1"), (SECRET, "press", "k2"), ([1; 32], "press", "k1")] {
        assert_eq!(key::unseal(&secret, tenant, kid, SEALED).unwrap_err(), KeyError::Sealed, "{tenant} {kid}");
    }
    // No two pairs of names may read the same.
    for (tenant, kid) in [("", "k1"), ("press", ""), ("press\0k", "1"), ("press", "\0k1")] {
        assert_eq!(key::unseal(&SECRET, tenant, kid, SEALED).unwrap_err(), KeyError::Name);
        assert_eq!(key::tenant_key(&SECRET, tenant, kid).unwrap_err(), KeyError::Name);
    }
    let longer = key::unseal(&SECRET, "press", "k1", &format!("{SEALED}AAAA"));
    assert_eq!(longer.unwrap_err(), KeyError::Sealed);
    for sealed in ["", "!", &SEALED[..31], &SEALED[..95], &format!("{SEALED}=")] {
        assert_eq!(key::unseal(&SECRET, "press", "k1", sealed).unwrap_err(), KeyError::Sealed, "{sealed}");
    }
}

#[test]
fn keys_hide_themselves() {
    assert_eq!(format!("{:?}", Key::new([0x41; 32])), "Key(…)");
}

#[test]
fn any_bit_of_a_seal_changed_is_refused() {
    for (at, bit) in (0..SEALED.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
        let mut sealed = SEALED.as_bytes().to_vec();
        sealed[at] ^= 1 << bit;
        let sealed = String::from_utf8(sealed).unwrap();
        assert!(key::unseal(&SECRET, "press", "k1", &sealed).is_err(), "bit {bit} of byte {at}");
    }
}
