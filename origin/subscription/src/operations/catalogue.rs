//! Tiers, plans, coupons, gifts and comps.

use aw_openapi::{Access, Operation};

use super::{KEEPER, TAG};
use crate::{
    catalogue::{
        comps::{Comp, NewComp},
        coupons::{Coupon, CouponChange, NewCoupon},
        gifts::{Gift, NewGift, Redemption},
        plans::{NewPlan, Plan, PlanChange},
        tiers::{Tier, TierBody},
    },
    entitlements::Held,
};

pub(super) fn operations() -> Vec<Operation> {
    let mut all = tiers();
    all.extend(plans());
    all.extend(coupons());
    all.extend(gifts());
    all.extend(comps());
    all
}

fn tiers() -> Vec<Operation> {
    let slug = |operation: Operation| operation.path::<String>("slug", "The tier's slug");
    vec![
        Operation::get("/v1/tiers", "listTiers").about(TAG, "All tiers, by their position").answers::<Vec<Tier>>(200),
        slug(Operation::get("/v1/tiers/{slug}", "getTier"))
            .about(TAG, "A tier")
            .answers::<Tier>(200)
            .with_header("ETag", "Its version")
            .refuses(&[404]),
        slug(Operation::put("/v1/tiers/{slug}", "putTier"))
            .about(TAG, "Makes a tier, or changes the one of the version that If-Match names")
            .access(KEEPER)
            .if_match_optional()
            .body::<TierBody>()
            .answers::<Tier>(200)
            .answers::<Tier>(201)
            .refuses(&[409, 422, 428]),
        slug(Operation::delete("/v1/tiers/{slug}", "deleteTier"))
            .about(TAG, "Removes a tier that no plan sells")
            .access(KEEPER)
            .if_match()
            .answers_nothing(204)
            .refuses(&[404, 409]),
    ]
}

fn plans() -> Vec<Operation> {
    let id = |operation: Operation| operation.path::<String>("id", "The plan's id").refuses(&[404]);
    vec![
        Operation::get("/v1/plans", "listPlans")
            .about(TAG, "The plans that can be bought")
            .query::<bool>("inactive", "Those that cannot be bought, too: for owners and admins")
            .pages::<Plan>()
            .refuses(&[401, 403]),
        Operation::post("/v1/plans", "createPlan")
            .about(TAG, "Makes a plan")
            .access(KEEPER)
            .idempotent()
            .body::<NewPlan>()
            .answers::<Plan>(201),
        id(Operation::get("/v1/plans/{id}", "getPlan"))
            .about(TAG, "A plan; one that cannot be bought for owners and admins")
            .answers::<Plan>(200)
            .with_header("ETag", "Its version")
            .refuses(&[401, 403]),
        id(Operation::patch("/v1/plans/{id}", "updatePlan"))
            .about(TAG, "Changes a plan, for those who buy it from now on")
            .access(KEEPER)
            .if_match()
            .body::<PlanChange>()
            .answers::<Plan>(200)
            .refuses(&[422]),
    ]
}

fn coupons() -> Vec<Operation> {
    let id = |operation: Operation| operation.path::<String>("id", "The coupon's id").refuses(&[404]).access(KEEPER);
    vec![
        Operation::get("/v1/coupons", "listCoupons").about(TAG, "All coupons").access(KEEPER).pages::<Coupon>(),
        Operation::post("/v1/coupons", "createCoupon")
            .about(TAG, "Makes a coupon")
            .access(KEEPER)
            .idempotent()
            .body::<NewCoupon>()
            .answers::<Coupon>(201),
        id(Operation::get("/v1/coupons/{id}", "getCoupon"))
            .about(TAG, "A coupon")
            .answers::<Coupon>(200)
            .with_header("ETag", "Its version"),
        id(Operation::patch("/v1/coupons/{id}", "updateCoupon"))
            .about(TAG, "Takes a coupon out of use, or back into it")
            .if_match()
            .body::<CouponChange>()
            .answers::<Coupon>(200),
    ]
}

fn gifts() -> Vec<Operation> {
    let id = |operation: Operation| operation.path::<String>("id", "The gift's id").refuses(&[404]).access(KEEPER);
    vec![
        Operation::get("/v1/gifts", "listGifts").about(TAG, "All gifts, without codes").access(KEEPER).pages::<Gift>(),
        Operation::post("/v1/gifts", "createGift")
            .about(TAG, "Makes a gift")
            .access(KEEPER)
            .idempotent()
            .body::<NewGift>()
            .answers::<Gift>(201),
        Operation::post("/v1/gifts/redemptions", "redeemGift")
            .about(TAG, "Redeems a gift for the reader who is logged in")
            .access(Access::Reader)
            .idempotent()
            .body::<Redemption>()
            .answers::<Held>(201)
            .refuses(&[403, 404, 409]),
        id(Operation::get("/v1/gifts/{id}", "getGift"))
            .about(TAG, "A gift with its code")
            .answers::<Gift>(200)
            .with_header("ETag", "Its version"),
        id(Operation::delete("/v1/gifts/{id}", "revokeGift"))
            .about(TAG, "Takes a gift back: what it gave is lost at once")
            .if_match()
            .answers_nothing(204),
    ]
}

fn comps() -> Vec<Operation> {
    let id = |operation: Operation| operation.path::<String>("id", "The comp's id").refuses(&[404]).access(KEEPER);
    vec![
        Operation::get("/v1/comps", "listComps").about(TAG, "All comps").access(KEEPER).pages::<Comp>(),
        Operation::post("/v1/comps", "createComp")
            .about(TAG, "Gives a reader a tier or a book without a payment")
            .access(KEEPER)
            .idempotent()
            .body::<NewComp>()
            .answers::<Comp>(201),
        id(Operation::get("/v1/comps/{id}", "getComp"))
            .about(TAG, "A comp")
            .answers::<Comp>(200)
            .with_header("ETag", "Its version"),
        id(Operation::delete("/v1/comps/{id}", "revokeComp"))
            .about(TAG, "Takes a comp back: what it gave is lost at once")
            .if_match()
            .answers_nothing(204),
    ]
}
