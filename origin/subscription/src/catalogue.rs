//! What is sold: tiers, plans, coupons; what is given: gifts and comps.

pub(crate) mod comps;
pub(crate) mod coupons;
pub(crate) mod gifts;
pub(crate) mod plans;
pub(crate) mod tiers;
