//! What a mail says, as plain text and as HTML.

use maud::{DOCTYPE, html};

/// A letter: a few paragraphs, and a link at most. Both forms of it say the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// What is said before the link.
    pub before: Vec<String>,
    /// What the link does, and where it leads.
    pub link: Option<(String, String)>,
    /// What is said after it.
    pub after: Vec<String>,
    /// Who writes.
    pub sender: String,
}

impl Letter {
    /// As plain text: lines as long as they are, for the reader's program to wrap.
    pub fn text(&self) -> String {
        let mut parts = self.before.clone();
        if let Some((what, url)) = &self.link {
            parts.push(format!("{what}:\n{url}"));
        }
        parts.extend(self.after.iter().cloned());
        parts.push(format!("-- \n{}", self.sender));
        let mut text = parts.join("\n\n");
        text.push('\n');
        text
    }

    /// As an HTML document. Nothing in it is loaded from anywhere.
    pub fn html(&self) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head { meta charset="utf-8"; }
                body style="font-family:Georgia,serif;font-size:17px;line-height:1.5;max-width:34em;margin:2em auto;padding:0 1em;color:#222" {
                    @for paragraph in &self.before { p { (paragraph) } }
                    @if let Some((what, url)) = &self.link {
                        p { a href=(url) style="display:inline-block;background:#222;color:#fff;padding:.6em 1.2em;text-decoration:none;border-radius:4px" { (what) } }
                        p style="font-size:14px;color:#555;word-break:break-all" { (url) }
                    }
                    @for paragraph in &self.after { p { (paragraph) } }
                    p style="color:#555" { (self.sender) }
                }
            }
        }
        .into_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same_and_html_is_escaped() {
        let letter = Letter {
            before: vec!["Hello <Ada> & co.".into()],
            link: Some(("Confirm".into(), "https://x.example/verify?token=a&b".into())),
            after: vec!["Bye.".into()],
            sender: "Press \"One\"".into(),
        };
        assert_eq!(
            letter.text(),
            "Hello <Ada> & co.\n\nConfirm:\nhttps://x.example/verify?token=a&b\n\nBye.\n\n-- \nPress \"One\"\n"
        );
        let html = letter.html();
        assert!(html.contains("Hello &lt;Ada&gt; &amp; co.") && !html.contains("<Ada>"), "{html}");
        assert!(html.contains("href=\"https://x.example/verify?token=a&amp;b\""), "{html}");
    }
}
