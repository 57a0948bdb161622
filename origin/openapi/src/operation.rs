//! One route with one method.

mod json;

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use crate::Access;

/// Gives a type's schema; what it refers to is added to the generator's definitions.
pub(crate) type Schema = fn(&mut SchemaGenerator) -> Value;

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// Where a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) about: &'static str,
    pub(crate) schema: Schema,
}

/// A body's media type, and its schema where it is JSON.
#[derive(Clone, Copy)]
pub(crate) struct Content {
    pub(crate) media_type: &'static str,
    pub(crate) schema: Option<Schema>,
}

/// How data is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrapping {
    /// The envelope.
    Envelope,
    /// The envelope with `pagination`.
    Page,
    /// As it is.
    Bare,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content: Option<Content>,
    pub(crate) wrapping: Wrapping,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
}

/// What a route takes with a method, what it answers and whom.
pub struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) access: Access,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) bodies: Vec<Content>,
    pub(crate) body_required: bool,
    pub(crate) answers: Vec<Answer>,
    pub(crate) refusals: Vec<u16>,
}

impl Operation {
    /// An operation: `method` in lower case, `path` with `{parameters}`, and an id that no other has, in camelCase.
    pub fn new(method: &'static str, path: &'static str, id: &'static str) -> Self {
        Self {
            method,
            path,
            id,
            tag: "",
            summary: "",
            access: Access::Public,
            parameters: Vec::new(),
            bodies: Vec::new(),
            body_required: true,
            answers: Vec::new(),
            refusals: Vec::new(),
        }
    }

    /// `GET`.
    pub fn get(path: &'static str, id: &'static str) -> Self {
        Self::new("get", path, id)
    }

    /// `POST`.
    pub fn post(path: &'static str, id: &'static str) -> Self {
        Self::new("post", path, id)
    }

    /// `PUT`.
    pub fn put(path: &'static str, id: &'static str) -> Self {
        Self::new("put", path, id)
    }

    /// `PATCH`.
    pub fn patch(path: &'static str, id: &'static str) -> Self {
        Self::new("patch", path, id)
    }

    /// `DELETE`.
    pub fn delete(path: &'static str, id: &'static str) -> Self {
        Self::new("delete", path, id)
    }

    /// The group that it belongs to, and what it does in a sentence.
    #[must_use]
    pub fn about(mut self, tag: &'static str, summary: &'static str) -> Self {
        (self.tag, self.summary) = (tag, summary);
        self
    }

    /// Whom it answers.
    #[must_use]
    pub fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// A parameter of the path.
    #[must_use]
    pub fn path<T: JsonSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>(name, Place::Path, true, about)
    }

    /// A parameter of the query, which may be left out.
    #[must_use]
    pub fn query<T: JsonSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>(name, Place::Query, false, about)
    }

    /// A parameter of the query that must be there.
    #[must_use]
    pub fn query_required<T: JsonSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>(name, Place::Query, true, about)
    }

    /// A header.
    #[must_use]
    pub fn header<T: JsonSchema>(self, name: &'static str, required: bool, about: &'static str) -> Self {
        self.parameter::<T>(name, Place::Header, required, about)
    }

    fn parameter<T: JsonSchema>(
        mut self,
        name: &'static str,
        place: Place,
        required: bool,
        about: &'static str,
    ) -> Self {
        self.parameters.push(Parameter { name, place, required, about, schema: schema::<T> });
        self
    }

    /// `If-Match` must name the version that is changed: 412 for another, 428 without.
    #[must_use]
    pub fn if_match(self) -> Self {
        let about = "The ETag of what is changed, or * for any";
        self.header::<String>("If-Match", true, about).refuses(&[412, 428])
    }

    /// `If-Match` may name the version that is changed: 412 for another.
    #[must_use]
    pub fn if_match_optional(self) -> Self {
        self.header::<String>("If-Match", false, "The ETag of what is changed, or * for any").refuses(&[412])
    }

    /// `Idempotency-Key` may be sent: the same request again gives the same answer, another one 409 or 422.
    #[must_use]
    pub fn idempotent(self) -> Self {
        let about = "A name for this request, up to 255 characters: sent again within 24 hours it is done once";
        self.header::<String>("Idempotency-Key", false, about).refuses(&[409, 422])
    }

    /// A body of JSON.
    #[must_use]
    pub fn body<T: JsonSchema>(mut self) -> Self {
        self.bodies.push(Content { media_type: "application/json", schema: Some(schema::<T>) });
        self
    }

    /// A body of JSON that may be left out.
    #[must_use]
    pub fn body_optional<T: JsonSchema>(mut self) -> Self {
        self.body_required = false;
        self.body::<T>()
    }

    /// A body of bytes.
    #[must_use]
    pub fn bytes(mut self, media_type: &'static str) -> Self {
        self.bodies.push(Content { media_type, schema: None });
        self
    }

    /// A body of bytes that may be left out.
    #[must_use]
    pub fn bytes_optional(mut self, media_type: &'static str) -> Self {
        self.body_required = false;
        self.bytes(media_type)
    }

    /// Answers `T` in the envelope.
    #[must_use]
    pub fn answers<T: JsonSchema>(self, status: u16) -> Self {
        self.answer(status, Some(Content { media_type: "application/json", schema: Some(schema::<T>) }))
    }

    /// Answers a page of `T`s: adds `limit` and `cursor` to the query.
    #[must_use]
    pub fn pages<T: JsonSchema>(self) -> Self {
        self.pages_limited::<T>("How many at most: 1 to 100, 50 where it is left out")
    }

    /// As [`pages`](Self::pages), of a list that says of `limit` something else.
    #[must_use]
    pub fn pages_limited<T: JsonSchema>(mut self, limit: &'static str) -> Self {
        self = self.query::<PageLimit>("limit", limit);
        self = self.query::<String>("cursor", "pagination.nextCursor of the page before");
        self = self.answers::<Vec<T>>(200);
        if let Some(answer) = self.answers.last_mut() {
            answer.wrapping = Wrapping::Page;
        }
        self
    }

    /// Answers JSON without the envelope, of a media type of its own.
    #[must_use]
    pub fn answers_bare<T: JsonSchema>(mut self, status: u16, media_type: &'static str) -> Self {
        self = self.answer(status, Some(Content { media_type, schema: Some(schema::<T>) }));
        if let Some(answer) = self.answers.last_mut() {
            answer.wrapping = Wrapping::Bare;
        }
        self
    }

    /// Answers bytes.
    #[must_use]
    pub fn answers_bytes(self, status: u16, media_type: &'static str) -> Self {
        self.answer(status, Some(Content { media_type, schema: None }))
    }

    /// Answers without a body: 204, or a redirect.
    #[must_use]
    pub fn answers_nothing(self, status: u16) -> Self {
        self.answer(status, None)
    }

    /// The last answer has this header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, about: &'static str) -> Self {
        if let Some(answer) = self.answers.last_mut() {
            answer.headers.push((name, about));
        }
        self
    }

    fn answer(mut self, status: u16, content: Option<Content>) -> Self {
        self.answers.push(Answer { status, content, wrapping: Wrapping::Envelope, headers: Vec::new() });
        self
    }

    /// Answers the error's envelope with these statuses too. Those that follow from the rest (400, 401, 403, 413, 415,
    /// 429, 503) are known.
    #[must_use]
    pub fn refuses(mut self, statuses: &[u16]) -> Self {
        self.refusals.extend(statuses);
        self
    }

    /// All statuses of errors, in order.
    pub(crate) fn errors(&self) -> Vec<u16> {
        let mut all = self.refusals.clone();
        all.extend(self.access.refusals());
        all.extend([400, 429, 503]);
        if !self.bodies.is_empty() {
            all.extend([413, 415]);
        }
        all.sort_unstable();
        all.dedup();
        all.retain(|status| self.answers.iter().all(|answer| answer.status != *status));
        all
    }
}

/// How many rows a page has at most.
#[derive(JsonSchema)]
#[schemars(inline, transparent)]
#[expect(dead_code, reason = "a schema and no value")]
struct PageLimit(#[schemars(range(min = 1, max = 100))] u32);
