//! The routes, as the API's description has them.

use aw_model::access::STAFF;
use aw_openapi::{Access, JsonSchema, Operation};

use crate::{
    access::{AUTHORS, KEEPERS},
    change::Change,
    copy::NewCopy,
    create::NewFile,
    file::{Shown, State, Visibility},
    link::Link,
    sweep::Work,
    upload::{Begun, Upload},
};

const TAG: &str = "files";
const ETAG: (&str, &str) = ("ETag", "The file's version, for If-Match");

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
#[expect(dead_code, reason = "a schema and no value")]
struct Seconds(#[schemars(range(min = 1, max = 604_800))] u32);

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
#[expect(dead_code, reason = "a schema and no value")]
struct Number(#[schemars(range(min = 0, max = 10_000))] u32);

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
#[expect(dead_code, reason = "a schema and no value")]
struct Parts(#[schemars(range(min = 1, max = 100))] u32);

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "lowercase")]
#[expect(dead_code, reason = "a schema and no value")]
enum Disposition {
    Attachment,
    Inline,
}

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
#[expect(dead_code, reason = "a schema and no value")]
struct Subject(#[schemars(regex(pattern = r"^[a-z]{1,20}:[A-Za-z0-9-]{1,64}$"))] String);

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
#[expect(dead_code, reason = "a schema and no value")]
struct Version(#[schemars(regex(pattern = r"^1\.0\.0$"))] String);

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
#[expect(dead_code, reason = "a schema and no value")]
struct Length(#[schemars(range(min = 1, max = 34_359_738_368_u64))] u64);

/// For who may have files.
fn staff(operation: Operation) -> Operation {
    operation.access(Access::Roles(&STAFF))
}

/// For whose file it is, and for who keeps everybody's.
fn own(operation: Operation) -> Operation {
    operation.access(Access::Owned { roles: &KEEPERS, own: &AUTHORS })
}

fn of_file(operation: Operation) -> Operation {
    own(operation).path::<uuid::Uuid>("id", "The file's id")
}

/// The routes of this service.
pub fn operations() -> Vec<Operation> {
    let mut all = files();
    all.extend(uploads());
    all.push(
        Operation::post("/_aw/work/storage", "workStorage")
            .about(
                "operator",
                "Ends what rests too long, goes on with checks, removes what is no file's; a little at a time",
            )
            .access(Access::Operator)
            .answers::<Work>(200),
    );
    all
}

fn files() -> Vec<Operation> {
    vec![
        staff(Operation::get("/v1/files", "listFiles"))
            .about(TAG, "Files, newest first: an author's own, everybody's for who edits")
            .query::<String>("owner", "A user's id")
            .query::<Visibility>("visibility", "Only these")
            .query::<State>("state", "Only these")
            .query::<String>("mediaType", "The beginning of a media type, as in image/")
            .query::<String>("name", "A part of the name")
            .pages::<Shown>(),
        staff(Operation::post("/v1/files", "createFile"))
            .about(
                TAG,
                "Announces a file and signs its upload to the object store: in one piece up to 8 MiB, else in parts",
            )
            .body::<NewFile>()
            .idempotent()
            .answers::<Begun>(201),
        of_file(Operation::get("/v1/files/{id}", "getFile"))
            .about(TAG, "A file")
            .answers::<Shown>(200)
            .with_header(ETAG.0, ETAG.1),
        of_file(Operation::patch("/v1/files/{id}", "updateFile"))
            .about(TAG, "Renames a file, or changes who may read it")
            .if_match()
            .body::<Change>()
            .answers::<Shown>(200)
            .with_header(ETAG.0, ETAG.1)
            .refuses(&[422]),
        of_file(Operation::delete("/v1/files/{id}", "deleteFile"))
            .about(TAG, "Deletes a file to which nothing refers, or ends its upload")
            .if_match_optional()
            .answers_nothing(204)
            .refuses(&[409]),
        of_file(Operation::get("/v1/files/{id}/upload", "getUpload"))
            .about(TAG, "What has arrived of a file, and new signatures for what has not")
            .query::<Number>("after", "Only parts with higher numbers")
            .query::<Parts>("limit", "How many parts at most: 1 to 100")
            .answers::<Upload>(200)
            .refuses(&[409]),
        of_file(Operation::post("/v1/files/{id}/complete", "completeFile"))
            .about(TAG, "Checks size, type and SHA-256 of what has arrived: it is stored, or refused and gone")
            .answers::<Shown>(200)
            .with_header(ETAG.0, ETAG.1)
            .answers::<Shown>(202)
            .refuses(&[409, 422]),
        of_file(Operation::get("/v1/files/{id}/link", "linkFile"))
            .about(TAG, "A URL from which anyone reads the file for a while, in ranges too")
            .query::<Seconds>("expires", "How long, in seconds: 300 where it is left out")
            .query::<Disposition>("disposition", "What a browser does with it: attachment where it is left out")
            .answers::<Link>(200)
            .refuses(&[409]),
        of_file(Operation::post("/v1/files/{id}/copy", "copyFile"))
            .about(TAG, "Another file of the same bytes, which are stored once")
            .body_optional::<NewCopy>()
            .idempotent()
            .answers::<Shown>(201)
            .with_header(ETAG.0, ETAG.1)
            .refuses(&[409, 422]),
        of_file(Operation::put("/v1/files/{id}/references/{subject}", "referToFile"))
            .about(TAG, "Says that something refers to the file: it is not deleted while it does")
            .path::<Subject>(
                "subject",
                "What refers to it: KIND:ID, as in book:ID; not cover:ID, which is the book's own",
            )
            .answers_nothing(204)
            .refuses(&[409]),
        of_file(Operation::delete("/v1/files/{id}/references/{subject}", "releaseFile"))
            .about(TAG, "Says that something does not refer to the file any more")
            .path::<Subject>("subject", "What referred to it: KIND:ID; not cover:ID, which is the book's own")
            .answers_nothing(204)
            .refuses(&[409]),
    ]
}

/// The tus protocol: see <https://tus.io/protocols/resumable-upload>.
fn uploads() -> Vec<Operation> {
    const TUS: &str = "uploads";
    const OCTETS: &str = "application/offset+octet-stream";
    let version = |operation: Operation| operation.header::<Version>("Tus-Resumable", true, "1.0.0").refuses(&[412]);
    let offset = ("Upload-Offset", "How many bytes are stored");
    let expires = ("Upload-Expires", "Until when it may rest, an HTTP date");
    let of_upload =
        |operation: Operation| own(version(operation)).path::<uuid::Uuid>("id", "The upload's id, which is the file's");
    vec![
        Operation::new("options", "/v1/uploads", "describeUploads")
            .about(TUS, "What of tus 1.0.0 is known here; a chunk has at most Tus-Max-Chunk-Size bytes")
            .answers_nothing(204)
            .with_header("Tus-Extension", "The extensions")
            .with_header("Tus-Max-Size", "The largest upload, in bytes")
            .with_header("Tus-Max-Chunk-Size", "The longest body of a request, in bytes"),
        staff(version(Operation::post("/v1/uploads", "beginUpload")))
            .about(TUS, "Begins a resumable upload, with its first bytes where they come along")
            .header::<Length>("Upload-Length", true, "The file's size, in bytes")
            .header::<String>("Upload-Metadata", false, "filename, filetype, visibility, sha256: values in base64")
            .header::<String>("Upload-Checksum", false, "sha1 or sha256 of the body, in base64")
            .bytes_optional(OCTETS)
            .answers_nothing(201)
            .with_header("Location", "The upload")
            .with_header(offset.0, offset.1)
            .with_header(expires.0, expires.1)
            .refuses(&[409, 410, 422, 423, 460]),
        of_upload(Operation::new("head", "/v1/uploads/{id}", "getUploadOffset"))
            .about(TUS, "How many bytes of an upload are stored")
            .answers_nothing(200)
            .with_header(offset.0, offset.1)
            .with_header("Upload-Length", "The file's size, in bytes")
            .refuses(&[410]),
        of_upload(Operation::patch("/v1/uploads/{id}", "appendUpload"))
            .about(TUS, "Adds bytes to an upload; with the last one the file is checked and stored, or refused")
            .header::<u64>("Upload-Offset", true, "How many bytes are stored")
            .header::<String>("Upload-Checksum", false, "sha1 or sha256 of the body, in base64")
            .bytes(OCTETS)
            .answers_nothing(204)
            .with_header(offset.0, offset.1)
            .with_header(expires.0, expires.1)
            .refuses(&[409, 410, 422, 423, 460]),
        of_upload(Operation::delete("/v1/uploads/{id}", "endUpload"))
            .about(TUS, "Ends an upload, and deletes what is stored of it")
            .answers_nothing(204)
            .refuses(&[409]),
    ]
}
