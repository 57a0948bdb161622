//! Drives the building and the tools by hand: `doctor`, `setup`, `node`, or `TARGET PACKAGE...`.

use aw_runtimes::{Error, Result, build, build::Target, setup};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["doctor"] => {
            for finding in setup::doctor() {
                println!("{}", serde_json::to_string(&finding).map_err(|e| Error(e.to_string()))?);
            }
        }
        ["setup"] => setup::all()?,
        ["node"] => println!("{}", setup::node()?.modules().display()),
        ["native", packages @ ..] => build::native(packages, false)?.iter().for_each(|f| println!("{}", f.display())),
        [name, packages @ ..] => {
            let target = Target::ALL.into_iter().find(|t| t.name() == *name);
            let target = target.ok_or_else(|| Error(format!("no target is called {name}")))?;
            build::wasm(target, packages)?.iter().for_each(|f| println!("{}", f.display()));
        }
        [] => return Err(Error("usage: tools doctor | setup | node | native PACKAGE... | TARGET PACKAGE...".into())),
    }
    Ok(())
}
