//! `Signature-Input` and `Signature` (RFC 9421, sections 4.1 and 4.2), which are dictionaries (RFC 9651).

use std::borrow::Cow;

use sfv::{BareItemFromInput, KeyRef, ListSerializer, Parser, StringRef, visitor};

use super::{LABEL, SignatureError, Signer, Verified};

/// The longest `Signature-Input` that is read, in bytes.
pub(super) const LENGTH: usize = 4096;
/// The longest key id and nonce, in bytes.
const NAME: usize = 64;
const ALGORITHM: &str = "hmac-sha256";

const CREATED: &KeyRef = sfv::key_ref("created");
const NONCE: &KeyRef = sfv::key_ref("nonce");
const KEY_ID: &KeyRef = sfv::key_ref("keyid");
const ALG: &KeyRef = sfv::key_ref("alg");

/// What a signature covers, and its parameters, in the order in which they stand.
#[derive(Default)]
pub(super) struct Input<'a> {
    components: Vec<Cow<'a, StringRef>>,
    params: Vec<(&'a KeyRef, BareItemFromInput<'a>)>,
}

impl<'a> Input<'a> {
    /// The input of a new signature; `None` where a text is not ASCII or the time out of range.
    pub(super) fn new(components: &[&'a str], signer: &Signer<'a>) -> Option<Self> {
        let string = |s: &'a str| StringRef::from_str(s).ok().map(Cow::Borrowed);
        Some(Self {
            components: components.iter().map(|c| string(c)).collect::<Option<_>>()?,
            params: vec![
                (CREATED, signer.created_s.try_into().ok()?),
                (NONCE, BareItemFromInput::String(string(signer.nonce)?)),
                (KEY_ID, BareItemFromInput::String(string(signer.key_id)?)),
                (ALG, BareItemFromInput::String(string(ALGORITHM)?)),
            ],
        })
    }

    pub(super) fn components(&self) -> impl Iterator<Item = &str> {
        self.components.iter().map(|c| c.as_str())
    }

    /// The inner list as section 2.3 serialises it: `("@method" …);created=…;keyid="…"`.
    pub(super) fn serialize(&self) -> String {
        let mut list = ListSerializer::new();
        let mut inner = list.inner_list();
        for component in &self.components {
            inner.bare_item(&**component);
        }
        inner.finish().parameters(self.params.iter().map(|(name, value)| (*name, value)));
        list.finish().unwrap_or_default()
    }

    fn param(&self, name: &KeyRef) -> Option<&BareItemFromInput<'a>> {
        self.params.iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    fn text(&self, name: &KeyRef) -> Result<&str, SignatureError> {
        let text = self.param(name).and_then(|v| v.as_string()).map(StringRef::as_str);
        text.filter(|s| (1..=NAME).contains(&s.len())).ok_or(SignatureError::Malformed)
    }

    /// What the four parameters say; all must be there, and no other may be.
    pub(super) fn params(&self) -> Result<Verified, SignatureError> {
        if self.params.len() != 4 || self.text(ALG)? != ALGORITHM {
            return Err(SignatureError::Malformed);
        }
        let created = self.param(CREATED).and_then(|v| u64::try_from(v.as_integer()?).ok());
        Ok(Verified {
            key_id: self.text(KEY_ID)?.to_owned(),
            nonce: self.text(NONCE)?.to_owned(),
            created: created.ok_or(SignatureError::Malformed)?,
        })
    }
}

/// The input labelled `aw`. Other labels may stand beside it: a proxy on the way may have its own.
pub(super) fn parse(header: &[u8]) -> Result<Input<'_>, SignatureError> {
    if header.len() > LENGTH {
        return Err(SignatureError::Malformed);
    }
    Parser::new(header).parse_dictionary_with_visitor(Inputs(None)).map_err(|_| SignatureError::Malformed)
}

/// The bytes of the signature labelled `aw`.
pub(super) fn signature(header: &[u8]) -> Result<Vec<u8>, SignatureError> {
    if header.len() > LENGTH {
        return Err(SignatureError::Malformed);
    }
    Parser::new(header).parse_dictionary_with_visitor(Signatures(None)).map_err(|_| SignatureError::Malformed)
}

/// Not what we write. The reader is strict where RFC 9651 would let the last of two win.
#[derive(Debug)]
pub(super) struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

struct Inputs<'a>(Option<Input<'a>>);

impl<'de> visitor::DictionaryVisitor<'de> for Inputs<'de> {
    type Out = Input<'de>;
    type Error = Refused;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl visitor::EntryVisitor<'de>, Refused> {
        if key != LABEL {
            return Ok(None);
        }
        if self.0.is_some() { Err(Refused) } else { Ok(Some(self.0.insert(Input::default()))) }
    }

    fn finish(self) -> Result<Input<'de>, Refused> {
        self.0.ok_or(Refused)
    }
}

impl<'de> visitor::EntryVisitor<'de> for &mut Input<'de> {
    type Error = Refused;

    fn item(self) -> Result<impl visitor::ItemVisitor<'de>, Refused> {
        Err::<visitor::Ignored, _>(Refused)
    }

    fn inner_list(self) -> Result<impl visitor::InnerListVisitor<'de>, Refused> {
        Ok(self)
    }
}

impl<'de> visitor::InnerListVisitor<'de> for &mut Input<'de> {
    type Error = Refused;

    fn item(&mut self) -> Result<impl visitor::ItemVisitor<'de>, Refused> {
        Ok(|item: BareItemFromInput<'de>| match item {
            // Names are lower case (section 2.1), and there is each only once.
            BareItemFromInput::String(name)
                if !name.as_str().bytes().any(|b| b.is_ascii_uppercase()) && !self.components.contains(&name) =>
            {
                self.components.push(name);
                Ok(NoParameters)
            }
            _ => Err(Refused),
        })
    }

    fn finish(self) -> Result<impl visitor::ParameterVisitor<'de>, Refused> {
        Ok(self)
    }
}

impl<'de> visitor::ParameterVisitor<'de> for &mut Input<'de> {
    type Out = ();
    type Error = Refused;

    fn parameter(&mut self, key: &'de KeyRef, value: BareItemFromInput<'de>) -> Result<(), Refused> {
        if self.param(key).is_some() {
            return Err(Refused);
        }
        self.params.push((key, value));
        Ok(())
    }

    fn finish(self) -> Result<(), Refused> {
        Ok(())
    }
}

/// A component with a parameter (`;sf`, `;bs`, `;req`, `;tr`) means something else than its name.
struct NoParameters;

impl<'de> visitor::ParameterVisitor<'de> for NoParameters {
    type Out = ();
    type Error = Refused;

    fn parameter(&mut self, _: &'de KeyRef, _: BareItemFromInput<'de>) -> Result<(), Refused> {
        Err(Refused)
    }

    fn finish(self) -> Result<(), Refused> {
        Ok(())
    }
}

struct Signatures(Option<Vec<u8>>);

impl<'de> visitor::DictionaryVisitor<'de> for Signatures {
    type Out = Vec<u8>;
    type Error = Refused;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl visitor::EntryVisitor<'de>, Refused> {
        if key != LABEL {
            return Ok(None);
        }
        if self.0.is_some() { Err(Refused) } else { Ok(Some(self)) }
    }

    fn finish(self) -> Result<Vec<u8>, Refused> {
        self.0.ok_or(Refused)
    }
}

impl<'de> visitor::EntryVisitor<'de> for &mut Signatures {
    type Error = Refused;

    fn item(self) -> Result<impl visitor::ItemVisitor<'de>, Refused> {
        Ok(move |item: BareItemFromInput<'de>| match item {
            BareItemFromInput::ByteSequence(bytes) => {
                self.0 = Some(bytes);
                Ok(NoParameters)
            }
            _ => Err(Refused),
        })
    }

    fn inner_list(self) -> Result<impl visitor::InnerListVisitor<'de>, Refused> {
        Err::<visitor::Ignored, _>(Refused)
    }
}
