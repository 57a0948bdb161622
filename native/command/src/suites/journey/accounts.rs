//! Presses and those who work at them.

use http::Method;
use serde_json::json;

use super::{
    answer::{data, hides, same, shows, soon},
    person::Person,
    place::{OTHER, PRESS, Place},
};
use crate::{operator::escape, suites::checks::Verdict};

/// Two presses: their hosts are known at the edge, and each shows its own empty shelf.
pub(super) fn presses(place: &Place) -> Verdict {
    for (id, name) in [(PRESS, "Longbourn Press"), (OTHER, "Netherfield House")] {
        let url = format!("http://{}", place.host(id));
        let new = json!({ "id": id, "name": name, "hosts": [format!("{id}.localhost")], "baseUrl": url });
        let made = place.operator(Method::POST, "/v1/tenants", None, &new)?;
        same("its base URL", &made["baseUrl"], &json!(url))?;
    }
    for (id, name, not) in
        [(PRESS, "Longbourn Press", "Netherfield House"), (OTHER, "Netherfield House", "Longbourn Press")]
    {
        let mut stranger = place.stranger(id);
        let home = soon(|| stranger.get("/").and_then(|home| shows(&home, 200, &[name]).map(|()| home)))?;
        hides(&home, &[not])?;
        same("its books", &data(&stranger.get("/v1/books")?, 200)?, &json!([]))?;
    }
    Ok(())
}

/// Somebody who has registered, shown that the address is theirs, and logged in.
pub(super) fn member(place: &Place, name: &str) -> Result<Person, String> {
    member_of(place, PRESS, name)
}

/// The same at any press.
pub(super) fn member_of(place: &Place, press: &str, name: &str) -> Result<Person, String> {
    let mut person = Person::register(place, press, name)?;
    person.verify(place)?;
    person.login(place)?;
    same("the address", &person.see("/v1/account")?["emailVerified"], &json!(true))?;
    Ok(person)
}

/// The press's owner, whom the operator makes one.
pub(super) fn owner(place: &Place) -> Result<Person, String> {
    owner_of(place, PRESS, "jane")
}

/// The same at any press.
pub(super) fn owner_of(place: &Place, press: &str, name: &str) -> Result<Person, String> {
    let mut person = member_of(place, press, name)?;
    let path = format!("/v1/users/{}", escape(&person.email));
    let made = place.operator(Method::PATCH, &path, Some(press), &json!({ "roles": ["owner"] }))?;
    same("the roles", &made["roles"], &json!(["owner"]))?;
    // The token that is there says what was so when it was made.
    person.login(place)?;
    same("the roles", &person.see("/v1/account")?["roles"], &json!(["owner"]))?;
    Ok(person)
}
