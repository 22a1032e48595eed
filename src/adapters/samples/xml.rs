//! Writes XML, one element after the other.

use quick_xml::escape::escape;

pub(super) struct Xml {
    out: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// Begins a document with its outermost element.
    pub(super) fn document(root: &'static str, namespaces: &[(&str, &str)]) -> Self {
        let mut xml = Xml { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), open: Vec::new() };
        xml.begin(root, namespaces);
        xml
    }

    /// Opens an element that holds others. Close it with `end`.
    pub(super) fn open(&mut self, name: &'static str) -> &mut Self {
        self.begin(name, &[])
    }

    fn begin(&mut self, name: &'static str, attributes: &[(&str, &str)]) -> &mut Self {
        self.indent();
        self.tag(name, attributes);
        self.out.push('\n');
        self.open.push(name);
        self
    }

    pub(super) fn end(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.out.push_str(&format!("</{name}>\n"));
        }
        self
    }

    /// An element that holds only text.
    pub(super) fn text(&mut self, name: &str, text: impl ToString) -> &mut Self {
        self.text_with(name, &[], text)
    }

    pub(super) fn text_with(&mut self, name: &str, attributes: &[(&str, &str)], text: impl ToString) -> &mut Self {
        self.indent();
        self.tag(name, attributes);
        self.out.push_str(&escape(text.to_string()));
        self.out.push_str(&format!("</{name}>\n"));
        self
    }

    /// Closes what is open.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.out
    }

    fn indent(&mut self) {
        self.out.push_str(&"  ".repeat(self.open.len()));
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push_str(&format!(" {key}=\"{}\"", escape(*value)));
        }
        self.out.push('>');
    }
}
