//! Books going out in the world's formats.

mod epub;
mod operations;
mod pdf;
mod pictures;
mod route;

pub(crate) use epub::{Source, Text, epub};
pub(crate) use operations::operations;
pub(crate) use route::route;
