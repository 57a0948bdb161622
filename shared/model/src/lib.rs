//! The vocabulary that both tiers speak: records, keys, access, API shapes.
