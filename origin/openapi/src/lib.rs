//! The API's description: what each route takes, answers and demands, as OpenAPI 3.1.
//!
//! Each service lists its [`Operation`]s; [`document`] makes one document of those of all services. The types that
//! cross the wire describe themselves ([`schemars::JsonSchema`]), so that what is documented is what is parsed. Nothing
//! here is in a deployable's wasm: `authorworks gen` writes the document, and the deployables carry what it wrote.
//!
//! ```
//! use aw_openapi::{Access, Operation, document};
//! use schemars::JsonSchema;
//!
//! #[derive(JsonSchema)]
//! #[schemars(rename_all = "camelCase")]
//! struct Book { id: String, word_count: u64 }
//!
//! let read = Operation::get("/v1/drafts/{id}", "getDraft")
//!     .about("books", "A book as its authors see it")
//!     .access(Access::Roles(&["owner", "editor"]))
//!     .path::<String>("id", "The book's id")
//!     .answers::<Book>(200)
//!     .refuses(&[404]);
//! let document = document("1.0.0", &[read]);
//! assert_eq!(document["paths"]["/v1/drafts/{id}"]["get"]["operationId"], "getDraft");
//! assert!(document["components"]["schemas"]["Book"]["properties"]["wordCount"].is_object());
//! ```

mod access;
mod document;
mod operation;

pub use access::Access;
pub use document::document;
pub use operation::Operation;
pub use schemars::{self, JsonSchema};
