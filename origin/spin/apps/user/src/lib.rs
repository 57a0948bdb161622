//! Spin deployable: the user service.
