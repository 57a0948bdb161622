//! Covers on their way to their books: in parts by presigned requests, and by tus.

use aw_trust::digest::sha256_hex;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    address,
    answer::{data, has_status, refused, same, shows, soon, text},
    book::Book,
    person::Person,
    picture,
    place::{PRESS, Place},
};
use crate::{
    conform::wire::Reply,
    suites::{checks::Verdict, client::Client},
};

/// A side of the large picture: 15 MiB, which the object store takes in two parts, and which may be a cover still.
const SIDE: u32 = 2300;

/// A picture that the press has as a file.
pub(super) struct Cover {
    /// The file's id.
    file: String,
    media_type: &'static str,
    sha256: String,
    bytes: Vec<u8>,
}

/// A public file that goes in two parts to the object store, of which the first one comes last.
pub(super) fn parts(place: &Place, owner: &mut Person) -> Result<Cover, String> {
    let bytes = picture::large(SIDE).map_err(|e| e.to_string())?;
    let sha256 = sha256_hex(&bytes);
    let new = json!({
        "name": "plate.png", "size": bytes.len(), "mediaType": "image/png", "sha256": sha256, "visibility": "public",
    });
    let begun = owner.send("POST", "/v1/files", &new, 201)?;
    let id = text(&begun["file"], "id")?.to_owned();
    let upload = &begun["upload"];
    same("the parts", &upload["partCount"], &json!(2))?;
    let size = upload["partSize"].as_u64().and_then(|size| usize::try_from(size).ok()).ok_or("no size of parts")?;
    let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
    put(&upload["requests"][1], pieces[1])?;
    let complete = format!("/v1/files/{id}/complete");
    has_status(&owner.ask("POST", &complete, &[], b"")?, 409)?;
    let upload = owner.see(&format!("/v1/files/{id}/upload"))?;
    same("what is missing", &upload["requests"][0]["number"], &json!(1))?;
    put(&upload["requests"][0], pieces[0])?;
    // 202 says that it is being looked at still.
    let file = soon(|| data(&owner.ask("POST", &complete, &[], b"")?, 200))?;
    stored(&file, &sha256, "image/png")?;
    at_the_edge(place, &file, &bytes)?;
    Ok(Cover { file: id, media_type: "image/png", sha256, bytes })
}

/// Sends a part as it was signed.
fn put(request: &Value, part: &[u8]) -> Verdict {
    let (addr, authority, path) = address::parts(text(request, "url")?)?;
    let headers = request["headers"].as_object().into_iter().flatten();
    let headers: Vec<(&str, &str)> =
        headers.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
    let own = |name: &str| ["host", "content-length"].contains(&name);
    let headers: Vec<(&str, &str)> = headers.into_iter().filter(|(name, _)| !own(name)).collect();
    let reply = Client::stranger(addr, authority).ask("PUT", path, &headers, part)?;
    has_status(&reply, 200)
}

/// A public file that comes by tus through the edge: half of it, and the rest after a break.
pub(super) fn resumed(place: &Place, owner: &mut Person) -> Result<Cover, String> {
    const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");
    let bytes = picture::photograph()?;
    let sha256 = sha256_hex(&bytes);
    let pairs = [("filename", "cover.jpg"), ("filetype", "image/jpeg"), ("visibility", "public")];
    let metadata: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name} {}", STANDARD.encode(value))).collect();
    let length = bytes.len().to_string();
    let fields = [VERSION, ("upload-length", length.as_str()), ("upload-metadata", &metadata.join(","))];
    let begun = owner.ask("POST", "/v1/uploads", &fields, b"")?;
    has_status(&begun, 201)?;
    let at = begun.head.text("location").ok_or("no place to upload to")?;
    let at = at.strip_prefix(&format!("http://{}", place.host(PRESS))).unwrap_or(&at).to_owned();
    let half = bytes.len() / 2;
    let mut send = |from: usize, part: &[u8]| {
        let from = from.to_string();
        let fields = [VERSION, ("upload-offset", from.as_str()), ("content-type", "application/offset+octet-stream")];
        owner.ask("PATCH", &at, &fields, part)
    };
    offset(&send(0, &bytes[..half])?, 204, half)?;
    // Who does not know how far it came is told, and is not let write anywhere else.
    has_status(&send(half - 1, &bytes[half - 1..])?, 409)?;
    let mut again = Client::member(place.edge, &place.host(PRESS), &owner.token);
    offset(&again.ask("HEAD", &at, &[VERSION], b"")?, 200, half)?;
    let fields = [VERSION, ("upload-offset", &*half.to_string()), ("content-type", "application/offset+octet-stream")];
    offset(&again.ask("PATCH", &at, &fields, &bytes[half..])?, 204, bytes.len())?;
    let path = at.replace("/v1/uploads/", "/v1/files/");
    let file =
        soon(|| owner.see(&path).and_then(|file| same("its state", &file["state"], &json!("stored")).map(|()| file)))?;
    stored(&file, &sha256, "image/jpeg")?;
    at_the_edge(place, &file, &bytes)?;
    Ok(Cover { file: text(&file, "id")?.to_owned(), media_type: "image/jpeg", sha256, bytes })
}

fn offset(reply: &Reply, status: u16, expected: usize) -> Verdict {
    has_status(reply, status)?;
    same("the offset", &reply.head.text("upload-offset"), &Some(expected.to_string()))
}

fn stored(file: &Value, sha256: &str, media_type: &str) -> Verdict {
    same("its SHA-256", &file["sha256"], &json!(sha256))?;
    same("its type", &file["mediaType"], &json!(media_type))
}

/// Anyone reads the very bytes at the file's public address, for ever.
fn at_the_edge(place: &Place, file: &Value, bytes: &[u8]) -> Verdict {
    let url = text(file, "url")?;
    let mut stranger = place.stranger(PRESS);
    let reply = soon(|| stranger.get(url).and_then(|reply| has_status(&reply, 200).map(|()| reply)))?;
    same("whether its bytes are those", &(reply.body == bytes), &true)?;
    let caching = reply.head.text("cache-control").unwrap_or_default();
    if caching.contains("immutable") { Ok(()) } else { Err(format!("Cache-Control: {caching}")) }
}

/// The file becomes the book's cover, and stays as long as it is.
pub(super) fn set(book: &Book, owner: &mut Person, cover: &Cover) -> Verdict {
    let path = format!("/v1/drafts/{}", book.id);
    let draft = owner.get(&path)?;
    let tag = draft.head.text("etag").ok_or("the draft has no ETag")?;
    let before = data(&draft, 200)?["book"].take();
    let change = json!({ "coverFileId": cover.file });
    let changed = owner.change("PATCH", &format!("/v1/books/{}", book.id), &json!(tag.trim_matches('"')), &change)?;
    let now = data(&changed, 200)?["book"].take();
    same("the file of its cover", &now["coverFileId"], &json!(cover.file))?;
    if now["cover"] == before["cover"] {
        return Err(format!("the picture of its cover is {} still", now["cover"]));
    }
    same("what it is for who asks", &owner.see(&path)?["book"]["coverFileId"], &json!(cover.file))?;
    let file = format!("/v1/files/{}", cover.file);
    refused(&owner.ask("DELETE", &file, &[], b"")?, 409, "STORAGE_FILE_IN_USE")?;
    let reference = format!("{file}/references/cover:{}", book.id);
    refused(&owner.ask("DELETE", &reference, &[], b"")?, 409, "STORAGE_REFERENCE_KEPT")
}

/// The published book shows it to anyone, byte for byte.
pub(super) fn shown(place: &Place, book: &Book, cover: &Cover) -> Verdict {
    let (slug, sha256) = (&book.slug, &cover.sha256);
    let mut stranger = place.stranger(PRESS);
    let page = soon(|| {
        let page = stranger.get(&format!("/books/{slug}"))?;
        shows(&page, 200, &[sha256]).map(|()| page.text())
    })?;
    let at = page.find(&format!("/books/{slug}/assets/{sha256}")).ok_or("the cover has no address")?;
    let address = page[at..].split('"').next().unwrap_or_default();
    let picture = stranger.get(address)?;
    has_status(&picture, 200)?;
    same("the cover's type", &picture.head.text("content-type").as_deref(), &Some(cover.media_type))?;
    same("whether it is the cover", &(picture.body == cover.bytes), &true)
}
