//! S3's answers: elements with texts in them.

use std::collections::BTreeMap;

use quick_xml::{Reader, events::Event};

/// The texts of an element's children, by their names.
pub(crate) type Row = BTreeMap<String, String>;

/// The elements `name` of a document, in their order. What is no XML any more ends it.
pub(crate) fn rows(text: &str, name: &str) -> Vec<Row> {
    let mut reader = Reader::from_str(text);
    let mut rows = Vec::new();
    // The names of the elements that are open, and the texts of the elements `name` among them.
    let (mut open, mut row): (Vec<String>, Option<(usize, Row)>) = (Vec::new(), None);
    loop {
        let add = match reader.read_event() {
            Ok(Event::Start(start)) => {
                let local = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                if local == name && row.is_none() {
                    row = Some((open.len(), Row::new()));
                }
                open.push(local);
                continue;
            }
            Ok(Event::End(_)) => {
                open.pop();
                if row.as_ref().is_some_and(|(depth, _)| *depth == open.len()) {
                    rows.extend(row.take().map(|(_, row)| row));
                }
                continue;
            }
            Ok(Event::Text(text)) => text.decode().map(|text| text.into_owned()).unwrap_or_default(),
            Ok(Event::GeneralRef(entity)) => {
                let entity = entity.decode().unwrap_or_default();
                quick_xml::escape::unescape(&format!("&{entity};")).map(|text| text.into_owned()).unwrap_or_default()
            }
            Ok(Event::Eof) | Err(_) => return rows,
            Ok(_) => continue,
        };
        if let (Some((depth, row)), Some(last)) = (&mut row, open.last())
            && open.len() == *depth + 2
        {
            row.entry(last.clone()).or_default().push_str(&add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_texts_of_their_children() {
        let text = "<?xml version=\"1.0\"?>\n<A xmlns=\"x\"><More>true</More><Part>\n <N>1</N><ETag>&quot;a&#x26;&quot;</ETag>\
                    <Deep><N>9</N></Deep></Part><Part><N>2</N></Part></A>";
        let parts = rows(text, "Part");
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0]["N"].as_str(), parts[0]["ETag"].as_str()), ("1", "\"a&\""));
        assert_eq!(parts[1]["N"], "2");
        assert_eq!(rows(text, "A")[0]["More"], "true");
        assert!(rows("<A><Part><N>1</N>", "Part").is_empty());
    }
}
