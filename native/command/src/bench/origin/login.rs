//! Accounts: logging in, and going on.

use aw_runtimes::{Result, Server};
use aw_trust::digest::sha256_hex;
use serde_json::json;

use super::{
    ground::Ground,
    http::{Ask, Client, Signer, TENANT, Who, text},
    press::Kind,
};

/// How many accounts log in.
const ACCOUNTS: usize = 32;
const PASSWORD: &str = "correct horse battery staple";

/// An account.
pub(super) struct Account {
    /// Its id.
    pub(super) id: String,
    email: String,
}

/// Registers accounts.
///
/// # Errors
/// The origin says no.
pub(super) fn register(signer: &Signer, at: &Server) -> Result<Vec<Account>> {
    let mut client = Client::open(signer, at.addr)?;
    let account = |n: usize| {
        let who = Who { ip: format!("192.0.2.{n}"), ..Who::default() };
        let email = format!("writer-{n}@bench.example");
        let body = json!({ "email": email, "password": PASSWORD, "displayName": format!("Writer {n}") });
        let (tokens, _) = client.json(Some(&who), "POST", "/v1/auth/register", &body)?;
        Ok(Account { id: text(&tokens["user"], "id")?, email })
    };
    (0..ACCOUNTS).map(account).collect()
}

/// `POST /v1/auth/login`, each from an address of its own: argon2id, a session, both tokens. As many at once as there
/// are processors to hash with.
pub(super) fn login<'a>(signer: &'a Signer, accounts: &'a [Account]) -> Kind<'a> {
    let mut asked = 0_u32;
    let make = move |count| {
        let one = |n: usize| {
            asked += 1;
            let [_, b, c, d] = asked.to_be_bytes();
            let who = Who { ip: format!("10.{b}.{c}.{d}"), ..Who::default() };
            let email = &accounts[n % accounts.len()].email;
            let body = json!({ "email": email, "password": PASSWORD }).to_string().into_bytes();
            signer.sign(Some(&who), &Ask { method: "POST", target: "/v1/auth/login", fields: &[], body: &body })
        };
        (0..count).map(one).collect()
    };
    // Nine; in a busy second those that are under way when it is over count, too.
    Kind { name: "login", first: 500, connections: 4, statements: 10.0, make: Box::new(make) }
}

/// `POST /v1/auth/refresh`: each request has a session of its own, which wrk may leave out.
pub(super) fn refresh<'a>(ground: &'a Ground, signer: &'a Signer, accounts: &'a [Account]) -> Kind<'a> {
    let mut round = 0_u32;
    let make = move |count| {
        round += 1;
        let tokens: Vec<String> = (0..count).map(|n| format!("bench-refresh-token-{round}-{n}")).collect();
        let rows = tokens.iter().enumerate().map(|(n, token)| {
            let (account, hash) = (&accounts[n % accounts.len()], hex(token));
            format!("(gen_random_uuid(), '{}'::uuid, decode('{hash}', 'hex'))", account.id)
        });
        let rows = rows.collect::<Vec<_>>().join(", ");
        let insert = format!(
            "WITH new(session, user_id, hash) AS MATERIALIZED (VALUES {rows}), \
                made AS (INSERT INTO sessions (id, user_id) SELECT session, user_id FROM new) \
             INSERT INTO refresh_tokens (hash, session, expires_at) SELECT hash, session, now() + interval '1 day' FROM new"
        );
        ground.cluster.superuser(&aw_migrations::tenant_database(TENANT), &insert)?;
        let who = Who { ip: "198.51.100.7".to_owned(), ..Who::default() };
        let one = |token: &String| {
            let body = json!({ "refreshToken": token }).to_string().into_bytes();
            signer.sign(Some(&who), &Ask { method: "POST", target: "/v1/auth/refresh", fields: &[], body: &body })
        };
        tokens.iter().map(one).collect()
    };
    Kind { name: "session refresh", first: 3_000, connections: 8, statements: 7.0, make: Box::new(make) }
}

fn hex(token: &str) -> String {
    sha256_hex(token.as_bytes())
}
