//! Where a list goes on: below which ordinal.

use aw_platform::ApiError;

/// Books of ordinals below it come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(pub(crate) u64);

impl Cursor {
    /// As it stands in a query: `b` and the ordinal in hexadecimal.
    pub(crate) fn encode(self) -> String {
        format!("b{:x}", self.0)
    }

    /// What [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    /// 400 for anything else.
    pub(crate) fn decode(text: &str) -> Result<Self, ApiError> {
        let ordinal =
            text.strip_prefix('b').filter(|hex| hex.len() <= 16).and_then(|hex| u64::from_str_radix(hex, 16).ok());
        ordinal.map(Self).filter(|cursor| cursor.encode() == text).ok_or_else(|| {
            ApiError::bad_request("REQUEST_CURSOR_INVALID", "the cursor is not one that a list here gave")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_given_is_taken() {
        for ordinal in [0, 1, 50, u64::MAX] {
            assert_eq!(Cursor::decode(&Cursor(ordinal).encode()), Ok(Cursor(ordinal)));
        }
        for text in ["", "b", "1", "b01", "bFF", "b+1", "b-1", "bg", "b10000000000000000", "b1 ", "c1", "b1\u{e9}"] {
            assert_eq!(Cursor::decode(text).unwrap_err().code(), "REQUEST_CURSOR_INVALID", "{text:?}");
        }
    }
}
