//! Ids, made from the platform's clock and randomness.

use aw_platform::{Platform, request_id, uuid_v7};

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
    ensure!(request_id(p, None).len() == 36, "without a header the id is not a UUID");
    let long = "a".repeat(65);
    let named =
        [("abc-1_2.Z", true), ("", false), ("a b", false), ("\"x\"", false), ("<script>", false), (&long, false)];
    for (sent, kept) in named {
        let value = sent.parse().map_err(|_| Failure::new("the case's own header"))?;
        let became = if kept { "kept" } else { "replaced" };
        ensure!((request_id(p, Some(&value)) == sent) == kept, "{sent:?} should be {became}");
    }
    Ok(())
}
