//! A bounded, namespace-aware tree of an XML document, built from a stream of events.
//!
//! Hostile input is stopped while it is read: document types and entities are refused, and depth, number of
//! elements, attributes and the length of texts have limits. A tree, because the rules of EN 16931 look back and
//! forth between header, lines and totals.

use crate::domain::reading::{ReadError, ReadErrorCode};
use quick_xml::{
    NsReader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
    name::ResolveResult,
};

/// Invoices need about 12.
const MAX_DEPTH: usize = 64;
/// A line needs about 30; this is room for more than 10,000 lines.
const MAX_ELEMENTS: usize = 500_000;
const MAX_ATTRIBUTES: usize = 64;
/// Of one element's attributes together.
const MAX_ATTRIBUTE_BYTES: usize = 64 * 1024;
/// Of one element's own text; embedded files are passed over.
const MAX_TEXT_BYTES: usize = 1024 * 1024;
/// Namespace declarations in scope at once.
const MAX_NAMESPACES: usize = 256;

const BAD_REFERENCE: &str = "The XML refers to a character that XML does not allow";

/// The vocabularies we know. Elements of all others are kept in the tree, but no path finds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    UblInvoice,
    UblCreditNote,
    /// The aggregate and basic components of UBL 2.
    UblComponent,
    /// The root of CII D16B.
    Cii,
    /// The root of ZUGFeRD 1.0, an earlier CII.
    Zugferd1,
    /// The components of any CII.
    CiiComponent,
    /// The roots of UBL's other documents.
    UblOther,
    /// The root of Order-X, the order that is made like Factur-X.
    OrderX,
    Other,
}

impl Vocabulary {
    fn of(namespace: &str) -> Self {
        match namespace {
            "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" => Self::UblInvoice,
            "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2" => Self::UblCreditNote,
            "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
            | "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" => Self::UblComponent,
            "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" => Self::Cii,
            "urn:ferd:CrossIndustryDocument:invoice:1p0" => Self::Zugferd1,
            "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
            | "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
            | "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
            | "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12"
            | "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15"
            | "urn:un:unece:uncefact:data:standard:QualifiedDataType:12" => Self::CiiComponent,
            "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100" => Self::OrderX,
            other if other.starts_with("urn:oasis:names:specification:ubl:schema:xsd:") => {
                match other.ends_with("Components-2") {
                    true => Self::Other,
                    false => Self::UblOther,
                }
            }
            _ => Self::Other,
        }
    }
}

/// A name without its prefix, and a value.
type Attribute = (Box<str>, Box<str>);

#[derive(Debug)]
struct Element {
    vocabulary: Vocabulary,
    name: Box<str>,
    text: String,
    attributes: Vec<Attribute>,
    children: Vec<u32>,
}

/// A whole document. The first element is the root.
#[derive(Debug)]
pub(crate) struct Tree {
    elements: Vec<Element>,
}

/// An element of a [`Tree`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'t> {
    tree: &'t Tree,
    element: &'t Element,
}

impl Tree {
    /// Builds the tree of a whole document.
    ///
    /// # Errors
    /// `InvalidXml` when it is not well formed or declares a document type or an entity; `TooComplex` past a limit.
    pub(crate) fn parse(text: &str) -> Result<Tree, ReadError> {
        Tree::build(text, Builder::default())
    }

    /// The same with the texts of embedded files, which [`Tree::parse`] passes over.
    ///
    /// # Errors
    /// As [`Tree::parse`].
    pub(crate) fn parse_with_files(text: &str) -> Result<Tree, ReadError> {
        Tree::build(text, Builder { with_files: true, ..Builder::default() })
    }

    fn build(text: &str, mut builder: Builder) -> Result<Tree, ReadError> {
        // The reader does not look at single characters. A zero byte would be refused by databases later on.
        if has_control_characters(text) {
            return Err(invalid("The XML holds a control character, which XML does not allow"));
        }
        let mut reader = NsReader::from_str(text);
        reader.config_mut().enable_all_checks(true);
        reader.resolver_mut().set_max_namespace_bindings(MAX_NAMESPACES);
        loop {
            let event = reader.read_event().map_err(|error| not_well_formed(&error))?;
            match event {
                Event::Start(start) => builder.open(&reader, &start)?,
                Event::Empty(start) => {
                    builder.open(&reader, &start)?;
                    builder.close();
                }
                Event::End(_) => builder.close(),
                Event::Text(text) => builder.text(&text.xml10_content())?,
                Event::CData(text) => builder.text(&text.xml10_content())?,
                Event::GeneralRef(reference) => builder.reference(&reference)?,
                Event::DocType(_) => {
                    return Err(invalid("The XML declares a document type, which is refused for safety"));
                }
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => break,
            }
        }
        builder.finish()
    }

    pub(crate) fn root(&self) -> Option<Node<'_>> {
        self.elements.first().map(|element| Node { tree: self, element })
    }
}

#[derive(Default)]
struct Builder {
    elements: Vec<Element>,
    /// The elements that are open, outermost first.
    open: Vec<u32>,
    /// Keeps embedded files.
    with_files: bool,
}

impl Builder {
    fn open(&mut self, reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<(), ReadError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_complex("The XML is nested too deeply"));
        }
        if self.elements.len() >= MAX_ELEMENTS {
            return Err(too_complex("The XML has too many elements"));
        }
        if self.open.is_empty() && !self.elements.is_empty() {
            return Err(invalid("The XML has more than one root element"));
        }
        let (namespace, name) = reader.resolver().resolve_element(start.name());
        let vocabulary = match namespace {
            ResolveResult::Bound(namespace) => Vocabulary::of(namespace.0),
            ResolveResult::Unbound => Vocabulary::Other,
            ResolveResult::Unknown(prefix) => {
                return Err(invalid(format!("The XML uses the prefix {prefix} without declaring it")));
            }
        };
        let index = self.elements.len() as u32;
        if let Some(parent) = self.open.last().and_then(|parent| self.elements.get_mut(*parent as usize)) {
            parent.children.push(index);
        }
        self.elements.push(Element {
            vocabulary,
            name: name.as_ref().into(),
            text: String::new(),
            attributes: attributes(start)?,
            children: Vec::new(),
        });
        self.open.push(index);
        Ok(())
    }

    /// The reader has checked that the names match.
    fn close(&mut self) {
        self.open.pop();
    }

    fn text(&mut self, text: &str) -> Result<(), ReadError> {
        let Some(element) = self.open.last().and_then(|open| self.elements.get_mut(*open as usize)) else {
            return match text.trim_start_matches('\u{feff}').trim().is_empty() {
                true => Ok(()),
                false => Err(invalid("The XML has text outside its root element")),
            };
        };
        // The spaces between elements, and files embedded as base64, are no values of an invoice. A file is bounded by
        // the document that it is in.
        let is_file = element.name.ends_with("BinaryObject");
        if is_file && !self.with_files || (element.text.is_empty() && text.trim().is_empty()) {
            return Ok(());
        }
        if !is_file && element.text.len() + text.len() > MAX_TEXT_BYTES {
            return Err(too_complex("A text in the XML is too long"));
        }
        element.text.push_str(text);
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), ReadError> {
        let character = reference.resolve_char_ref().map_err(|error| not_well_formed(&error))?;
        match character {
            Some(character) if !is_xml_character(character) => Err(invalid(BAD_REFERENCE)),
            Some(character) => self.text(character.encode_utf8(&mut [0; 4])),
            None => match resolve_predefined_entity(reference) {
                Some(text) => self.text(text),
                None => Err(invalid("The XML uses an entity of its own, which is refused for safety")),
            },
        }
    }

    fn finish(self) -> Result<Tree, ReadError> {
        if !self.open.is_empty() {
            return Err(invalid("The XML ends before its root element is closed"));
        }
        if self.elements.is_empty() {
            return Err(invalid("The XML has no element"));
        }
        Ok(Tree { elements: self.elements })
    }
}

fn attributes(start: &BytesStart<'_>) -> Result<Vec<Attribute>, ReadError> {
    if start.attributes_raw().len() > MAX_ATTRIBUTE_BYTES {
        return Err(too_complex("An element of the XML has too long attributes"));
    }
    let mut list = Vec::new();
    for (count, attribute) in start.attributes().enumerate() {
        if count >= MAX_ATTRIBUTES {
            return Err(too_complex("An element of the XML has too many attributes"));
        }
        let attribute = attribute.map_err(|error| not_well_formed(&error.into()))?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|error| not_well_formed(&error))?;
        if !value.chars().all(is_xml_character) {
            return Err(invalid(BAD_REFERENCE));
        }
        list.push((attribute.key.local_name().as_ref().into(), value.trim().into()));
    }
    Ok(list)
}

/// Whether a byte is one that XML does not allow. Piece by piece, so that many bytes are compared at once: asked byte
/// by byte it took an eighth of the time of reading.
fn has_control_characters(text: &str) -> bool {
    let is_control = |byte: &u8| (*byte < b' ') & (*byte != b'\t') & (*byte != b'\n') & (*byte != b'\r');
    text.as_bytes().chunks(256).any(|piece| piece.iter().fold(false, |found, byte| found | is_control(byte)))
}

/// The production `Char` of XML 1.0.
fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn invalid(message: impl Into<String>) -> ReadError {
    ReadError::new(ReadErrorCode::InvalidXml, message)
}

fn too_complex(message: &str) -> ReadError {
    ReadError::new(ReadErrorCode::TooComplex, message)
}

fn not_well_formed(error: &quick_xml::Error) -> ReadError {
    use quick_xml::name::NamespaceError;
    match error {
        quick_xml::Error::Namespace(NamespaceError::TooManyBindings(_) | NamespaceError::TooDeeplyNested(_)) => {
            too_complex("The XML declares too many namespaces or is nested too deeply")
        }
        other => invalid(format!("The XML is not well formed: {other}")),
    }
}

impl<'t> Node<'t> {
    /// The name without its prefix.
    pub(crate) fn name(self) -> &'t str {
        &self.element.name
    }

    pub(crate) fn vocabulary(self) -> Vocabulary {
        self.element.vocabulary
    }

    /// The element's own text, trimmed; none when it is empty.
    pub(crate) fn text(self) -> Option<&'t str> {
        Some(self.element.text.trim()).filter(|text| !text.is_empty())
    }

    /// The value of an attribute, trimmed; none when it is empty.
    pub(crate) fn attribute(self, name: &str) -> Option<&'t str> {
        let mut attributes = self.element.attributes.iter();
        attributes.find(|(key, _)| &**key == name).map(|(_, value)| &**value).filter(|value| !value.is_empty())
    }

    /// Whether it has the attribute, be it empty.
    pub(crate) fn has_attribute(self, name: &str) -> bool {
        self.element.attributes.iter().any(|(key, _)| &**key == name)
    }

    /// The names of its attributes.
    pub(crate) fn attribute_names(self) -> impl Iterator<Item = &'t str> {
        self.element.attributes.iter().map(|(key, _)| &**key)
    }

    /// The children in vocabularies we know.
    pub(crate) fn children(self) -> impl Iterator<Item = Node<'t>> {
        let tree = self.tree;
        let elements = self.element.children.iter().filter_map(|child| tree.elements.get(*child as usize));
        elements.filter(|element| element.vocabulary != Vocabulary::Other).map(move |element| Node { tree, element })
    }

    /// The children of a name, or of several: `InvoiceLine|CreditNoteLine`.
    pub(crate) fn named(self, names: &str) -> impl Iterator<Item = Node<'t>> {
        let are_several = names.contains('|');
        self.children().filter(move |child| match are_several {
            true => names.split('|').any(|name| name == child.name()),
            false => names == child.name(),
        })
    }

    /// All elements at the end of a path of names, `Party/PartyName/Name`, in the order of the document.
    pub(crate) fn all(self, path: &str) -> Vec<Node<'t>> {
        let mut nodes = vec![self];
        for name in path.split('/') {
            nodes = nodes.into_iter().flat_map(|node| node.named(name)).collect();
        }
        nodes
    }

    /// The first element at the end of a path.
    pub(crate) fn first(self, path: &str) -> Option<Node<'t>> {
        match path.split_once('/') {
            None => self.named(path).next(),
            Some((name, rest)) => self.named(name).find_map(|child| child.first(rest)),
        }
    }

    /// The text of the first element at the end of a path that has any.
    pub(crate) fn value(self, path: &str) -> Option<&'t str> {
        match path.split_once('/') {
            None => self.named(path).find_map(Node::text),
            Some((name, rest)) => self.named(name).find_map(|child| child.value(rest)),
        }
    }
}
