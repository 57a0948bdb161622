//! The digest of a body: `Content-Digest` (RFC 9530).

use base64::{Engine, engine::general_purpose::STANDARD};
use sfv::{BareItemFromInput, KeyRef, Parser, visitor};

use crate::{compare, encoding::hex, mac::sha256};

const SHA256: &KeyRef = sfv::key_ref("sha-256");
/// The longest header that is read, in bytes.
const LENGTH: usize = 1024;

/// The value of `Content-Digest` for `body`: `sha-256=:…:`.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256(body)))
}

/// The SHA-256 of `body` in lower-case hexadecimal: the name of an object.
pub fn sha256_hex(body: &[u8]) -> String {
    hex(&sha256(body))
}

/// Whether `header`, a value of `Content-Digest`, has the SHA-256 of `body`. Other algorithms' digests are ignored.
pub fn matches(header: &str, body: &[u8]) -> bool {
    if header.len() > LENGTH {
        return false;
    }
    match Parser::new(header).parse_dictionary_with_visitor(Digests(None)) {
        Ok(Some(digest)) => compare::equal(&digest, &sha256(body)),
        _ => false,
    }
}

struct Digests(Option<Vec<u8>>);

impl<'de> visitor::DictionaryVisitor<'de> for Digests {
    type Out = Option<Vec<u8>>;
    type Error = std::convert::Infallible;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl visitor::EntryVisitor<'de>, Self::Error> {
        // The last of several counts (RFC 9651, section 4.2.2).
        Ok((key == SHA256).then(|| {
            self.0 = None;
            self
        }))
    }

    fn finish(self) -> Result<Self::Out, Self::Error> {
        Ok(self.0)
    }
}

impl<'de> visitor::EntryVisitor<'de> for &mut Digests {
    type Error = std::convert::Infallible;

    fn item(self) -> Result<impl visitor::ItemVisitor<'de>, Self::Error> {
        Ok(move |item: BareItemFromInput<'de>| {
            if let BareItemFromInput::ByteSequence(bytes) = item {
                self.0 = Some(bytes);
            }
            Ok::<_, Self::Error>(visitor::Ignored)
        })
    }

    fn inner_list(self) -> Result<impl visitor::InnerListVisitor<'de>, Self::Error> {
        Ok(visitor::Ignored)
    }
}
