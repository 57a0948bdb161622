//! The origin under load: natively and as components, in one run over one database.

use aw_runtimes::Result;
use serde_json::{Value, json};

use super::{
    Bench, components,
    editor::Library,
    ground::Ground,
    http::{Client, HOST, Signer, TENANT, text},
    login, press, statements,
};

/// Logging in, refreshing a session, saving a chapter, listing, presigning; then what the components' memory came to.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let ground = Ground::new()?;
    statements::prepare(&ground.cluster)?;
    let (native, spin, signer) = (ground.native()?, ground.spin()?, Signer::new()?);
    eprintln!("   a tenant with 1,000 books");
    let tenant = json!({ "id": TENANT, "name": "The press of the bench", "baseUrl": format!("http://{HOST}") });
    Client::open(&signer, native.addr)?.json(None, "POST", "/v1/tenants", &tenant)?;
    let accounts = login::register(&signer, &native)?;
    let library = Library::new(&signer, &native, &spin, &accounts[0].id)?;
    // One of each component's requests is made at least, for its memory.
    let (plans, _) = Client::open(&signer, spin.addr)?.json(None, "GET", "/v1/plans", &Value::Null)?;
    debug_assert!(text(&plans, "id").is_err(), "a list");
    let mut servers = [native, spin];
    let kinds = [
        login::login(&signer, &accounts),
        login::refresh(&ground, &signer, &accounts)?,
        library.save(&ground, &signer),
        library.list(&signer),
        library.announce(&signer),
        library.link(&signer),
    ];
    for kind in kinds {
        servers = press::measure(bench, &ground, servers, kind)?;
    }
    let [native, spin] = servers;
    drop(native);
    spin.stop();
    components::memory(bench, &ground.log("spin"))
}
