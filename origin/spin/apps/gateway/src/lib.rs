//! Spin deployable: the edge.
