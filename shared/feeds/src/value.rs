//! JSON, value by value. Small on purpose, as [`crate::xml`] is: a derived serialiser of each document is ten times
//! its size.

/// An object or array that is being written, and all around it.
pub(crate) struct Json {
    out: String,
    /// Whether a comma is due before what comes next.
    begun: bool,
}

impl Json {
    pub(crate) fn new() -> Self {
        Self { out: "{".to_owned(), begun: false }
    }

    /// A member that is a string; one that is empty is left out.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.name(name);
            self.quote(value);
        }
    }

    /// A member that is a number.
    pub(crate) fn number(&mut self, name: &str, value: u64) {
        self.name(name);
        self.out.push_str(&value.to_string());
    }

    /// A member that is an array of strings.
    pub(crate) fn texts(&mut self, name: &str, values: &[String]) {
        self.open(name, '[');
        for (n, value) in values.iter().enumerate() {
            // Sets in all formats: none twice.
            if !values[..n].contains(value) {
                self.comma();
                self.quote(value);
            }
        }
        self.close(']');
    }

    /// The beginning of a member that is an object (`{`) or an array (`[`), or of an array's item, which has no name.
    pub(crate) fn open(&mut self, name: &str, bracket: char) {
        if name.is_empty() {
            self.comma()
        } else {
            self.name(name)
        }
        self.out.push(bracket);
        self.begun = false;
    }

    /// Its end.
    pub(crate) fn close(&mut self, bracket: char) {
        self.out.push(bracket);
        self.begun = true;
    }

    pub(crate) fn finish(mut self) -> String {
        self.out.push('}');
        self.out
    }

    fn name(&mut self, name: &str) {
        self.comma();
        self.quote(name);
        self.out.push(':');
    }

    fn comma(&mut self) {
        if self.begun {
            self.out.push(',');
        }
        self.begun = true;
    }

    fn quote(&mut self, text: &str) {
        // A string is JSON.
        self.out.push_str(&serde_json::to_string(text).unwrap_or_default());
    }
}
