//! What a port case says when it fails.

use std::fmt::Display;

use aw_platform::Error;

/// Why a case failed, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub String);

impl Failure {
    pub(crate) fn new(why: impl Display) -> Self {
        Self(why.to_string())
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(format!("a port failed: {error}"))
    }
}

impl From<http::Error> for Failure {
    fn from(error: http::Error) -> Self {
        Self(format!("the case's own request: {error}"))
    }
}

/// Fails the case with a formatted sentence unless the condition holds.
macro_rules! ensure {
    ($holds:expr, $($why:tt)+) => {
        if !$holds {
            return Err($crate::case::Failure::new(format_args!($($why)+)));
        }
    };
}

/// Fails the case unless an expression is an error of this kind.
macro_rules! ensure_err {
    ($result:expr, $kind:pat, $what:expr) => {
        match $result {
            Err($kind) => {}
            Err(other) => {
                return Err($crate::case::Failure::new(format_args!(
                    "{}: expected {}, got {other:?}",
                    $what,
                    stringify!($kind)
                )));
            }
            Ok(_) => {
                return Err($crate::case::Failure::new(format_args!(
                    "{}: expected {}, got success",
                    $what,
                    stringify!($kind)
                )));
            }
        }
    };
}

pub(crate) use {ensure, ensure_err};

/// The outcome of a port case.
pub(crate) type Outcome = Result<(), Failure>;
