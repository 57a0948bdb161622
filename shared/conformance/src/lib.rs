//! The one suite that every platform passes.
