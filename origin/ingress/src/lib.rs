//! The origin's front door: only signed requests come in.
