//! hyper and tokio as a platform.
