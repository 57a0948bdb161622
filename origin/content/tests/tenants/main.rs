//! The life of tenants, at edges as they are deployed.

mod deletion;
mod quotas;
mod suspension;

use aw_origin_harness::{Who, World};

/// Imports and publishes a book of three chapters.
fn publish(world: &World, tenant: &str, title: &str) {
    let chapter = |n| format!("## Chapter {n}\n\nOf *{title}* at {tenant}, part {n}.\n\n");
    let text = format!("# {title}\n\n{}", (1..=3).map(chapter).collect::<String>());
    let (who, target) = (Who::operator(tenant), format!("/v1/imports?kind=markdown&name={title}.md"));
    let book = world.ask(&who, "POST", &target, &[], text.as_bytes()).expect(201).data()["book"].clone();
    let target = format!("/v1/books/{}/publish", book["id"].as_str().expect("an id"));
    let _ = world.ask(&who, "POST", &target, &[], b"").expect(200);
}
