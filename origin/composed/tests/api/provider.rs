//! As much of an identity provider as it takes to be named by a press: origin/user/tests/factors has one that lets
//! people in.

use std::net::SocketAddr;

use aw_runtimes::neighbour::{Answer, Neighbour};
use serde_json::json;

/// Starts one, for as long as the process lives.
pub(crate) fn start() -> SocketAddr {
    let neighbour = Neighbour::new().expect("a port");
    let issuer = format!("http://{}", neighbour.addr);
    let found = json!({ "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic"] });
    neighbour.serve(move |asked| match asked.target.as_str() {
        "/.well-known/openid-configuration" => Answer::json(200, &found),
        _ => Answer::json(400, &json!({ "error": "invalid_grant" })),
    })
}
