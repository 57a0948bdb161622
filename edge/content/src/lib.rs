//! Books and chapters at the edge, the paywall with them.
