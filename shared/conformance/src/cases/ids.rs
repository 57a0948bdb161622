//! Ids, made from the platform's clock and randomness.

use aw_platform::{Platform, http::HeaderMap, request_id, uuid_v7};

use crate::case::{Failure, Outcome, ensure};

pub(super) async fn uuids<P: Platform>(p: &P) -> Outcome {
    let (before, a, b) = (p.now(), uuid_v7(p), uuid_v7(p));
    ensure!(a != b, "two ids are the same");
    ensure!(a.get_version_num() == 7, "the version is {}", a.get_version_num());
    let ms = a.as_u128() >> 80;
    ensure!(ms >= u128::from(before) && ms <= u128::from(p.now()), "the id's time is {ms}, the clock's {before}");
    Ok(())
}

pub(super) async fn request_ids<P: Platform>(p: &P) -> Outcome {
    let mut headers = HeaderMap::new();
    ensure!(request_id(p, &headers).len() == 36, "without a header the id is not a UUID");
    for (sent, kept) in [("abc-1_2.Z", true), ("", false), ("a b", false), ("\"x\"", false), ("<script>", false)] {
        headers.insert("x-request-id", sent.parse().map_err(|_| Failure::new("the case's own header"))?);
        ensure!(
            (request_id(p, &headers) == sent) == kept,
            "{sent:?} should be {}",
            if kept { "kept" } else { "replaced" }
        );
    }
    let long = "a".repeat(65);
    headers.insert("x-request-id", long.parse().map_err(|_| Failure::new("the case's own header"))?);
    ensure!(request_id(p, &headers) != long, "65 characters were kept");
    Ok(())
}
