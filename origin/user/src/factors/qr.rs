//! A QR code as a picture.

use qrcodegen::{QrCode, QrCodeEcc};

/// The width of the quiet zone that readers need (ISO/IEC 18004), in modules.
const QUIET: i32 = 4;

/// An SVG document; `None` for a text of more than some two thousand bytes.
pub(crate) fn svg(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|&(x, y)| code.get_module(x, y));
    let path: String = dark.map(|(x, y)| format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET)).collect();
    let whole = size + 2 * QUIET;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0,0h{whole}v{whole}h-{whole}z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn a_text_of_usual_length_has_a_picture() {
        let picture = svg("otpauth://totp/Press:ada@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert!(picture.starts_with("<svg") && picture.contains("M4,4h1v1h-1z"), "a finder stands in the corner");
        assert_eq!(svg(&"x".repeat(5000)), None);
    }
}
