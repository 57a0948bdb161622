//! Spin deployable: the content service.
