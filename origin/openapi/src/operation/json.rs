//! An operation as OpenAPI writes it.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{Answer, Content, Operation, Parameter, Place, Wrapping};

impl Operation {
    pub(crate) fn json(&self, generator: &mut SchemaGenerator) -> Value {
        let mut out = Map::new();
        out.insert("operationId".into(), self.id.into());
        out.insert("tags".into(), json!([self.tag]));
        out.insert("summary".into(), self.summary.into());
        out.insert("security".into(), self.access.security());
        out.insert("x-aw-access".into(), self.access.json());
        if !self.parameters.is_empty() {
            let parameters = self.parameters.iter().map(|parameter| parameter.json(generator)).collect();
            out.insert("parameters".into(), Value::Array(parameters));
        }
        if !self.bodies.is_empty() {
            let content: Map<_, _> =
                self.bodies.iter().map(|body| (body.media_type.to_owned(), body.json(generator))).collect();
            out.insert("requestBody".into(), json!({ "required": self.body_required, "content": content }));
        }
        let mut responses = Map::new();
        for answer in &self.answers {
            responses.insert(answer.status.to_string(), answer.json(generator));
        }
        for status in self.errors() {
            responses.insert(status.to_string(), json!({ "$ref": "#/components/responses/Error" }));
        }
        out.insert("responses".into(), Value::Object(responses));
        Value::Object(out)
    }
}

impl Parameter {
    fn json(&self, generator: &mut SchemaGenerator) -> Value {
        let place = match self.place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
        };
        json!({
            "name": self.name, "in": place, "required": self.required, "description": self.about,
            "schema": (self.schema)(generator),
        })
    }
}

impl Content {
    fn json(self, generator: &mut SchemaGenerator) -> Value {
        self.schema.map_or_else(|| json!({}), |schema| json!({ "schema": schema(generator) }))
    }
}

impl Answer {
    fn json(&self, generator: &mut SchemaGenerator) -> Value {
        let mut out = Map::new();
        out.insert("description".into(), reason(self.status).into());
        if !self.headers.is_empty() {
            let header = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
            let headers: Map<_, _> =
                self.headers.iter().map(|(name, about)| ((*name).to_owned(), header(about))).collect();
            out.insert("headers".into(), Value::Object(headers));
        }
        if let Some(content) = self.content {
            let body = match (content.schema, self.wrapping) {
                (Some(schema), Wrapping::Envelope) => json!({ "schema": envelope(schema(generator), false) }),
                (Some(schema), Wrapping::Page) => json!({ "schema": envelope(schema(generator), true) }),
                _ => content.json(generator),
            };
            out.insert("content".into(), json!({ content.media_type: body }));
        }
        Value::Object(out)
    }
}

fn envelope(data: Value, page: bool) -> Value {
    let mut properties = json!({ "data": data, "meta": { "$ref": "#/components/schemas/Meta" } });
    let mut required = vec!["data", "meta"];
    if page {
        properties["pagination"] = json!({ "$ref": "#/components/schemas/Pagination" });
        required.push("pagination");
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "Done",
        201 => "Made",
        202 => "Taken, and done later",
        204 => "Done, with nothing to say",
        206 => "A part",
        301 | 302 | 303 | 307 | 308 => "Elsewhere",
        304 => "Not changed",
        _ => "An answer",
    }
}
