//! The origin under load: natively and as components, in one run over one database.

use aw_runtimes::Result;
use serde_json::{Value, json};

use super::{
    Bench, components,
    editor::Library,
    ground::Ground,
    http::{Client, HOST, Signer, TENANT},
    login, press, statements,
};
use crate::bench::{figure::Figure, load::Target};

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
    // Of each component one instance at least has worked, for its memory.
    Client::open(&signer, spin.addr)?.json(None, "GET", "/v1/plans", &Value::Null)?;
    Client::open(&signer, spin.addr)?.json(None, "GET", &format!("/v1/tenants/{TENANT}"), &Value::Null)?;
    let mut targets = [Target::new("native", native, "/"), Target::new("Spin", spin, "/")];
    let kinds = [
        login::login(&signer, &accounts),
        login::refresh(&ground, &signer, &accounts),
        library.save(&ground, &signer),
        library.list(&signer),
        library.announce(&signer),
        library.link(&signer),
    ];
    for kind in kinds {
        let name = kind.name;
        if let Err(why) = press::measure(bench, &ground, &mut targets, kind) {
            eprintln!("{name}: {why}");
            bench.raw.note(name, &why.0)?;
            bench.figure(Figure::missing(name, why.0.lines().next().unwrap_or_default()));
        }
    }
    let [native, spin] = targets;
    drop(native);
    spin.server.stop();
    components::memory(bench, &ground.log("spin"))
}
