//! Everything signed: tokens, request signatures, sealed keys.
