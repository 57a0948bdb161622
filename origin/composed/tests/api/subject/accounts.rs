//! Sessions, passkeys, profiles, and what is mailed.

use serde_json::{Value, json};

use crate::{
    document::Operation,
    press::{Person, Press},
    text,
    things::Things,
};

/// What an operation on an account is about; it is the caller's where it is anybody's.
pub(super) fn make(press: &Press<'_>, operation: &Operation, caller: &Person) -> Things {
    match operation.id.as_str() {
        "endSession" => {
            let sessions = press.json(caller, "GET", "/v1/account/sessions", &Value::Null).expect(200).data();
            Things::default().with("id", text(&sessions[0], "id"))
        }
        "renamePasskey" | "removePasskey" => Things::default().with("id", passkey(press, caller)),
        "follow" | "unfollow" | "getProfile" => Things::default().with("handle", famous(press)),
        "beginProviderLogin" | "endProviderLogin" => {
            if press.operator("GET", "/v1/identity-providers/login", &Value::Null).status == 404 {
                super::provider(press, "login");
            }
            Things::default().with("name", "login")
        }
        // Of an account that nobody logs in with.
        "getUser" | "changeUser" => Things::default().with("id", press.person("somebody", "reader").id),
        _ => Things::default(),
    }
}

/// A public profile.
fn famous(press: &Press<'_>) -> String {
    let person = press.person("famous", "reader");
    let handle = format!("famous-{}", press.tenant);
    let profile = json!({ "handle": handle, "displayName": "Famous", "bio": "" });
    let _ = press.json(&person, "PATCH", "/v1/account/profile", &profile).expect(200);
    handle
}

/// A passkey as an authenticator's answer would have made it: origin/user/tests/factors makes them by the route.
fn passkey(press: &Press<'_>, owner: &Person) -> String {
    let id = press.uuid();
    let insert = format!(
        "INSERT INTO passkeys (id, user_id, credential, rp_id, public_key, sign_count, transports, backed_up, name) \
         VALUES ('{id}', '{}', '\\x{}', '{}.localhost', '\\xa0', 0, '[]', false, '{}')",
        owner.id,
        id.replace('-', ""),
        press.tenant,
        press.marker
    );
    press.world.sql(&press.tenant, &insert);
    id
}

/// The token in the last mail to an address.
pub(crate) fn mailed(press: &Press<'_>, email: &str) -> String {
    let select =
        format!("SELECT replace(text, E'\\n', ' ') FROM mails WHERE address = '{email}' ORDER BY id DESC LIMIT 1");
    let text = press.world.sql(&press.tenant, &select).concat();
    let rest = text.split_once("token=").unwrap_or_else(|| panic!("no link in {text:?}")).1;
    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().expect("a token").to_owned()
}
