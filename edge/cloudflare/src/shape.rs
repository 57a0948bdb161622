//! What JavaScript remembers of the responses before: most of a head need not cross again.

use std::{cell::RefCell, mem};

use http::{HeaderMap, StatusCode};

use crate::{abi::Known, head};

/// How many shapes are kept: an app has few, an origin whose responses pass through may have many.
const SHAPES: usize = 64;

/// Responses of one status and with the same headers in the same order.
struct Shape {
    /// The status and the names, each on a line.
    names: String,
    /// The values of the last of them, each on a line.
    values: String,
}

/// The shapes by the numbers under which JavaScript has them.
#[derive(Default)]
struct Shapes {
    shapes: Vec<Shape>,
    /// Where a head is written: its names, its values, and what of it crosses.
    names: String,
    values: String,
    head: String,
}

thread_local! {
    static SENT: RefCell<Shapes> = RefCell::default();
}

/// Lends `answer` what of a head has to cross: the shape's number, what of it is known already, and the rest (the
/// names, a NUL and the values; or the values; or nothing) with `text` behind it.
pub(crate) fn cross(status: StatusCode, headers: &HeaderMap, text: &str, answer: impl FnOnce(u32, Known, &str)) {
    // Taken, because nothing may be borrowed while JavaScript runs. Should it trap, everything crosses anew.
    let mut sent = SENT.take();
    sent.cross(status, headers, text, answer);
    SENT.set(sent);
}

impl Shapes {
    fn cross(&mut self, status: StatusCode, headers: &HeaderMap, text: &str, answer: impl FnOnce(u32, Known, &str)) {
        let Self { shapes, names, values, head } = self;
        [&mut *names, values, head].into_iter().for_each(String::clear);
        head::names(names, status, headers);
        head::values(values, headers);
        let at = shapes.iter().position(|shape| shape.names == *names);
        let known = match at {
            Some(at) if shapes[at].values == *values => Known::Values,
            Some(_) => Known::Names,
            None => Known::Nothing,
        };
        match known {
            Known::Values => {}
            Known::Names => head.push_str(values),
            Known::Nothing => [names, "\0", values].into_iter().for_each(|part| head.push_str(part)),
        }
        head.push_str(text);
        if at.is_none() && shapes.len() == SHAPES {
            shapes.clear();
        }
        let at = at.unwrap_or(shapes.len());
        answer(at as u32, known, head);
        match known {
            Known::Values => {}
            Known::Names => mem::swap(&mut shapes[at].values, values),
            Known::Nothing => shapes.push(Shape { names: mem::take(names), values: mem::take(values) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn crossed(shapes: &mut Shapes, status: u16, value: u32, text: &str) -> (u32, Known, String) {
        let mut headers = HeaderMap::new();
        headers.append("x-a", HeaderValue::from(value));
        headers.append("x-b", HeaderValue::from_static(""));
        let mut out = None;
        let status = StatusCode::from_u16(status).unwrap();
        shapes.cross(status, &headers, text, |shape, known, head| out = Some((shape, known, head.to_owned())));
        out.unwrap()
    }

    #[test]
    fn what_crossed_does_not_cross_again() {
        let mut shapes = Shapes::default();
        let mut cross = |status, value, text| crossed(&mut shapes, status, value, text);
        assert_eq!(cross(200, 1, "t"), (0, Known::Nothing, "200\nx-a\nx-b\u{0}1\nt".to_owned()));
        assert_eq!(cross(200, 1, "u"), (0, Known::Values, "u".to_owned()));
        assert_eq!(cross(200, 2, ""), (0, Known::Names, "2\n".to_owned()));
        assert_eq!(cross(200, 2, ""), (0, Known::Values, String::new()));
        assert_eq!(cross(404, 2, ""), (1, Known::Nothing, "404\nx-a\nx-b\u{0}2\n".to_owned()));
        assert_eq!(cross(200, 2, ""), (0, Known::Values, String::new()));
    }

    #[test]
    fn shapes_without_end_are_forgotten() {
        let mut shapes = Shapes::default();
        for round in 0..3 {
            for status in 200..200 + SHAPES as u16 {
                let (shape, known, _) = crossed(&mut shapes, status + round % 2 * 100, 1, "");
                assert_eq!((shape, known), (u32::from(status - 200), Known::Nothing), "round {round}");
            }
        }
    }
}
