//! The tenant is the host's.

use aw_model::{key, record};
use aw_platform::Body;

use crate::world::{HOST, World, encode, request};

fn at(world: &World, path: &str, hosts: &[&str]) -> crate::world::Reply {
    let mut builder = aw_platform::http::Request::get(path);
    for host in hosts {
        builder = builder.header("host", *host);
    }
    world.send(builder.body(Body::Empty).unwrap())
}

#[test]
fn the_port_and_the_case_of_a_host_do_not_matter() {
    let world = World::published();
    for host in [HOST, "press.localhost:8787", "PRESS.localhost"] {
        assert_eq!(at(&world, "/books/whale", &[host]).status, 200, "{host}");
    }
}

#[test]
fn a_host_that_nobody_has_is_a_404_and_asked_about_once() {
    let world = World::empty();
    for _ in 0..3 {
        for path in ["/", "/v1/books", "/books/whale/1"] {
            let reply = at(&world, path, &["nobody.example"]);
            assert_eq!((reply.status, reply.code().as_str()), (404, "TENANT_NOT_FOUND"));
        }
    }
    assert_eq!(world.origin.count(), 1);
    for host in [
        "",
        "a/b",
        "..",
        "[::1]:80",
        "pr ess",
        "press.localhost.",
        "x@press.localhost",
        "press_.localhost/../x",
        "münchen",
    ] {
        let reply = at(&world, "/", &[host]);
        assert!(matches!(reply.status, 400 | 404), "{host}: {}", reply.status);
    }
}

#[test]
fn two_hosts_none_and_one_that_the_url_gainsays_are_refused() {
    let world = World::published();
    for reply in [at(&world, "/", &[]), at(&world, "/", &[HOST, HOST]), at(&world, "http://other.localhost/", &[HOST])]
    {
        assert_eq!((reply.status, reply.code().as_str()), (400, "REQUEST_HOST_INVALID"));
    }
    assert_eq!(at(&world, "http://press.localhost/books/whale", &[HOST]).status, 200);
}

#[test]
fn a_suspended_tenant_is_a_403() {
    let world = World::published();
    world.tenant(|tenant| tenant.suspended = true);
    assert_eq!(world.get("/v1/books").code(), "TENANT_SUSPENDED");
    let page = world.get("/books/whale/1");
    assert_eq!((page.status, page.header("content-type")), (403, "text/html; charset=utf-8"));
    assert!(!page.text().contains("Ishmael"));
    assert_eq!(world.get("/health").status, 200);
}

#[test]
fn tenants_share_an_edge_and_nothing_else() {
    let world = World::published();
    let mut other = world.press.tenant.clone();
    (other.id, other.base_url) = ("other".into(), "https://other.localhost".into());
    world.put(&key::host("other.localhost"), encode(&other));
    world.origin.up.set(true);
    let reply = at(&world, "/books/whale/1", &["other.localhost"]);
    assert_eq!(reply.status, 404, "a book of the press is no book of the other's");
    let gold = format!("Bearer {}", world.press.token(&["tier:gold"]));
    let request = request("GET", "/v1/auth/session").header("authorization", gold);
    let mut request = request.body(Body::Empty).unwrap();
    request.headers_mut().insert("host", "other.localhost".parse().unwrap());
    assert_eq!(world.send(request).status, 401);
}

#[test]
fn a_tenant_that_was_deleted_is_not_there() {
    let world = World::published();
    world.put(&key::host(HOST), record::encode::<()>(100, None).unwrap());
    assert_eq!(world.get("/").code(), "TENANT_NOT_FOUND");
}
