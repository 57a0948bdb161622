//! Paths and keys. Whatever path is taken has one meaning; whatever key is valid fits the store and names its tenant.
#![no_main]

use aw_model::{Access, key, record, slug};
use aw_platform::{Path, limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(path) = Path::parse(text) {
        let segments = path.segments();
        assert_eq!(segments.len(), segments.as_slice().len());
        for segment in segments.as_slice() {
            assert!(!matches!(*segment, "" | "." | "..") && !segment.contains(['/', '\\', '\0', '\n', '\r']));
            let _ = Path::arg::<u32>(segment, "n");
        }
    }
    if key::is_valid(text) {
        assert!(limits::key_ok(text) && !text.contains("..") || !text.split('/').any(|s| s == ".."));
        assert_eq!(key::tenant(text).is_none(), text.starts_with("h/"));
        assert_eq!(key::is_object(text), text.starts_with("o/"));
    }
    if let Ok(access) = text.parse::<Access>() {
        assert_eq!(access.to_string(), text);
    }
    assert!(slug::is_slug(&slug::slugify(text)), "{text:?} makes no slug");
    if let Some((version, json)) = record::split(data) {
        assert!(json.len() < data.len(), "{version}");
    }
});
