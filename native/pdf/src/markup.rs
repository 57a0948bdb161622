//! From chapters' XHTML to the typesetter's source. A book's own text goes into string literals and nothing else, so
//! that it is never read as source.

use roxmltree::Node;

use crate::{
    book::{Book, Chapter, Matter},
    options::Options,
    pictures::Pictures,
    tables,
};

/// Languages that are written from right to left.
const RTL: [&str; 10] = ["ar", "arc", "ckb", "dv", "fa", "he", "ps", "ug", "ur", "yi"];

/// What stands before the contents, where a book begins with it; it has no heading and is in no list of contents.
const EARLY: [&str; 6] = ["halftitlepage", "titlepage", "copyright-page", "dedication", "epigraph", "frontispiece"];

/// The source of a whole book.
///
/// # Errors
/// A chapter is not the XML that it ought to be.
pub fn source(book: &Book, options: &Options) -> Result<String, String> {
    let mut out = String::from("#import \"template.typ\": *\n#show: book.with(");
    let list = |all: &[String]| all.iter().map(|text| format!("{},", string(text))).collect::<String>();
    let (language, region) = language(&book.language);
    let cover = book.cover.as_deref().filter(|_| options.cover).map_or("none".to_owned(), string);
    let dir = if RTL.contains(&language) { "rtl" } else { "ltr" };
    out.push_str(&format!(
        "title: {}, by: ({}), authors: ({}), publisher: {}, copyright: ({}), cover: {cover}, lang: {}, region: {region}, \
         dir: {dir}, added: added, width: {}pt, height: {}pt)\n\n",
        string(&book.title),
        list(&book.by),
        list(&book.authors),
        string(&book.publisher),
        list(&book.copyright),
        string(language),
        options.trim.0,
        options.trim.1,
    ));
    // What is inside of the margins, as the template has them.
    let room = (options.trim.0 - 106.0, (options.trim.1 - 114.0) * 0.85);
    let early = |chapter: &Chapter| chapter.matter == Matter::Front && EARLY.contains(&chapter.role.as_str());
    let first = book.chapters.iter().take_while(|chapter| early(chapter)).count();
    let mut at = Matter::Front;
    for (n, chapter) in book.chapters.iter().enumerate() {
        if n == first {
            out.push_str("#contents()\n\n");
        }
        if at == Matter::Front && chapter.matter != Matter::Front {
            out.push_str("#show: text-begins\n\n");
            at = chapter.matter;
        }
        let document = crate::book::xml(&chapter.page)?;
        let section = document.descendants().find(|node| node.tag_name().name() == "section");
        let section = section.ok_or("the EPUB has a chapter without a section")?;
        let mut writer = Writer { out: &mut out, pictures: &book.pictures, room, space: true };
        let title = section.children().find(|n| n.has_tag_name(("http://www.w3.org/1999/xhtml", "h1")));
        let rest = section.children().filter(|n| Some(*n) != title);
        let name = format!("chapter-{}", n + 1);
        if n < first {
            writer.out.push_str(&format!("#early(\"{name}\")["));
            writer.flow(rest);
            writer.out.push_str("];\n\n");
            continue;
        }
        writer.out.push_str(&format!("#chapter(\"{name}\")["));
        title.iter().for_each(|title| writer.inline(*title));
        writer.out.push_str("];\n\n");
        writer.flow(rest);
        writer.out.push_str("#end <end>\n\n");
    }
    if first == book.chapters.len() {
        out.push_str("#contents()\n\n");
    }
    Ok(out)
}

/// A string literal.
pub(crate) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Language and region, as the typesetter has them.
fn language(tag: &str) -> (&str, String) {
    let mut parts = tag.split('-');
    let language = parts.next().filter(|l| matches!(l.len(), 2 | 3)).unwrap_or("en");
    let region = parts.find(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic()));
    (if language == "und" { "en" } else { language }, region.map_or("none".into(), string))
}

/// Writes nodes.
pub(crate) struct Writer<'a> {
    pub(crate) out: &'a mut String,
    pictures: &'a Pictures,
    room: (f64, f64),
    /// Whether a space was written last, or nothing in this line yet.
    pub(crate) space: bool,
}

impl<'a> Writer<'a> {
    /// Blocks and what is between them.
    pub(crate) fn flow<'n, 'i: 'n>(&mut self, nodes: impl Iterator<Item = Node<'n, 'i>>) {
        self.space = true;
        for node in nodes {
            if node.is_text() || !is_block(node.tag_name().name()) {
                self.node(node);
            } else {
                self.paragraph();
                self.block(node);
                self.paragraph();
            }
        }
        self.paragraph();
    }

    /// What follows is another paragraph.
    fn paragraph(&mut self) {
        self.out.push_str("\n\n");
        self.space = true;
    }

    fn block(&mut self, node: Node<'_, '_>) {
        let name = node.tag_name().name();
        match name {
            "p" if only_picture(node) => self.around("#plate[", node, Self::inline),
            "p" | "summary" | "dt" => self.inline(node),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = if matches!(name, "h1" | "h2") { 2 } else { 3 };
                self.around(&format!("#heading(level: {level}, outlined: false)["), node, Self::inline);
            }
            "blockquote" => self.around("#quote(block: true)[", node, Self::children),
            "figure" => self.around("#plate[", node, Self::children),
            "figcaption" => self.around("#caption[", node, Self::children),
            "ul" | "ol" => {
                let start = node.attribute("start").and_then(|n| n.parse::<u32>().ok()).unwrap_or(1);
                self.out.push_str(&if name == "ul" { "#list(".to_owned() } else { format!("#enum(start: {start}, ") });
                for item in node.children().filter(Node::is_element) {
                    // An argument: what ends an expression in a text would end the list here.
                    self.out.push('[');
                    self.children(item);
                    self.out.push_str("], ");
                }
                self.out.push_str(");");
            }
            "dd" => self.around("#pad(left: 1.5em)[", node, Self::children),
            "pre" => {
                let text = format!("#raw(block: true, {});", string(all_text(node).trim_matches('\n')));
                self.out.push_str(&text);
            }
            "hr" => self.out.push_str("#rule();"),
            "table" => tables::table(self, node),
            "div" if node.attribute("class") == Some("center") => self.around("#align(center)[", node, Self::children),
            _ => self.flow(node.children()),
        }
    }

    /// Writes what is in the element, as `how` does, between that and a bracket.
    pub(crate) fn around<'n, 'i: 'n>(&mut self, before: &str, node: Node<'n, 'i>, how: fn(&mut Self, Node<'n, 'i>)) {
        self.out.push_str(before);
        how(self, node);
        self.out.push_str("];");
    }

    pub(crate) fn children(&mut self, node: Node<'_, '_>) {
        self.flow(node.children());
    }

    /// A line of text.
    fn inline(&mut self, node: Node<'_, '_>) {
        node.children().for_each(|child| self.node(child));
    }

    fn node(&mut self, node: Node<'_, '_>) {
        if node.is_text() {
            return self.text(node.text().unwrap_or_default());
        }
        if !node.is_element() {
            return;
        }
        let before = match node.tag_name().name() {
            "em" | "i" | "cite" | "var" | "dfn" => "#emph[",
            "strong" | "b" => "#strong[",
            "u" | "ins" => "#underline[",
            "s" | "del" => "#strike[",
            "small" => "#text(size: 0.85em)[",
            "sub" => "#sub[",
            "sup" | "rt" => "#super[",
            "q" => "#quote[",
            "mark" => "#highlight[",
            "code" | "kbd" | "samp" => {
                self.out.push_str(&format!("#raw({});", string(&all_text(node))));
                self.space = false;
                return;
            }
            "math" => {
                let text = all_text(node).split_whitespace().collect::<Vec<_>>().join(" ");
                self.out.push_str(&format!("#emph[#{};];", string(&text)));
                self.space = false;
                return;
            }
            "br" => {
                self.out.push_str("#linebreak();");
                self.space = true;
                return;
            }
            "img" => return self.picture(node),
            "a" => return self.link(node),
            _ => return self.inline(node),
        };
        self.around(before, node, Self::inline);
    }

    /// Text, its white space folded as browsers do.
    fn text(&mut self, text: &str) {
        let mut folded = String::with_capacity(text.len());
        for c in text.chars() {
            if !matches!(c, ' ' | '\t' | '\n' | '\r') {
                folded.push(c);
                self.space = false;
            } else if !std::mem::replace(&mut self.space, true) {
                folded.push(' ');
            }
        }
        if !folded.is_empty() {
            self.out.push_str(&format!("#{};", string(&folded)));
        }
    }

    fn link(&mut self, node: Node<'_, '_>) {
        let href = node.attribute("href").unwrap_or_default();
        let target = match href.strip_prefix("chapter-").and_then(|rest| rest.split_once(".xhtml")) {
            Some((number, _)) if number.bytes().all(|b| b.is_ascii_digit()) => format!("label(\"chapter-{number}\")"),
            _ if href.contains("://") || href.starts_with("mailto:") => string(href),
            _ => return self.inline(node),
        };
        // A link must hold something.
        if all_text(node).trim().is_empty() {
            return self.inline(node);
        }
        self.around(&format!("#link({target})["), node, Self::inline);
    }

    /// A picture as large as its pixels allow and the page has room for.
    fn picture(&mut self, node: Node<'_, '_>) {
        let (src, alt) = (node.attribute("src").unwrap_or_default(), node.attribute("alt").unwrap_or_default());
        let Some(picture) = self.pictures.get(src) else {
            if !alt.is_empty() {
                self.text(&format!("[{alt}]"));
            }
            return;
        };
        let (width, height) = picture.size;
        let scale = (self.room.0 / width).min(self.room.1 / height).min(1.0);
        let alt = if alt.is_empty() { "none".to_owned() } else { string(alt) };
        let (width, height) = (width * scale, height * scale);
        self.out.push_str(&format!("#box(picture({}, {width:.2}pt, {height:.2}pt, {alt}));", string(src)));
        self.space = false;
    }
}

fn only_picture(node: Node<'_, '_>) -> bool {
    node.descendants().any(|n| n.tag_name().name() == "img") && all_text(node).trim().is_empty()
}

/// All text in a node.
pub(crate) fn all_text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|n| n.text()).collect()
}

fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 26] = [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "div",
        "section",
        "article",
        "aside",
        "nav",
        "header",
        "footer",
        "blockquote",
        "figure",
        "figcaption",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "pre",
        "hr",
        "table",
        "details",
    ];
    BLOCKS.contains(&name) || name == "summary"
}
