//! A press with people in it, before anybody writes.

use http::Method;
use serde_json::{Value, json};

use super::{
    client::{Answer, Client, HOST, TENANT, Who},
    host::Host,
    program::Program,
    write::PAYMENTS,
    writer::People,
};

/// How many follow, and how many are followed.
const FOLLOWERS: usize = 24;
const AUTHORS: usize = 16;

/// Makes the tenant, what it sells, its people and an endpoint that is told of all; gives the people and the cursor from
/// which on the endpoint is told.
///
/// # Errors
/// The origin says no.
pub(super) fn open(host: &Host, client: &Client, edge: &str, program: &Program) -> Result<(People, u64), String> {
    let put = [("if-match", "*")];
    let url = edge.replace("127.0.0.1", HOST);
    let tenant = json!({ "id": TENANT, "name": "Press", "hosts": [HOST], "baseUrl": url });
    ask(client, &Who::Operator, Method::POST, "/v1/tenants", &[], &tenant)?;
    let account = json!({ "kind": "sandbox", "apiKey": "sk_sandbox_crash_0123456789", "webhookSecrets": [PAYMENTS] });
    ask(client, &Who::Operator, Method::PUT, "/v1/payment-provider", &[], &account)?;
    ask(client, &Who::Operator, Method::PUT, "/v1/tiers/gold", &[], &json!({ "name": "Gold" }))?;
    let mut people = People::default();
    for n in 0..FOLLOWERS + AUTHORS {
        let body = json!({ "email": format!("p{n}@example.org"), "password": "correct horse battery" });
        let ip = format!("192.0.2.{n}");
        let made = ask(client, &Who::Stranger(&ip), Method::POST, "/v1/auth/register", &[], &body)?;
        let id = made.data()["user"]["id"].as_str().unwrap_or_default().to_owned();
        if n < FOLLOWERS {
            people.followers.push(id);
        } else {
            let handle = format!("author-{n}");
            let change = json!({ "handle": handle });
            ask(client, &Who::Reader(&id), Method::PATCH, "/v1/account/profile", &put, &change)?;
            people.authors.push((id, handle));
        }
    }
    // In place of the links that were mailed to them.
    host.sql("UPDATE users SET email_verified_at = now()")?;
    let body = json!({ "url": program.url });
    let made = ask(client, &Who::Operator, Method::POST, "/v1/webhook-endpoints", &[], &body)?.data();
    program.believes(made["secret"].as_str().unwrap_or_default());
    let since = made["cursor"].as_str().and_then(|cursor| cursor.parse().ok());
    Ok((people, since.ok_or_else(|| format!("no cursor in {made}"))?))
}

/// The accounts that are there.
///
/// # Errors
/// The database does not say.
pub(super) fn accounts(host: &Host) -> Result<Vec<(String, String)>, String> {
    let all = host.sql("SELECT json_object_agg(email, id) FROM users")?;
    let own = |(email, id): (&String, &Value)| (email.clone(), id.as_str().unwrap_or_default().to_owned());
    Ok(all.as_object().map(|map| map.iter().map(own).collect()).unwrap_or_default())
}

fn ask(
    client: &Client,
    who: &Who<'_>,
    method: Method,
    path: &str,
    headers: &[(&'static str, &str)],
    body: &Value,
) -> Result<Answer, String> {
    let answer = client.json(who, method, path, headers, body)?;
    if (200..300).contains(&answer.status) { Ok(answer) } else { Err(format!("{path}: {}", answer.shown())) }
}
