//! What a reader found in a document, before anybody checked or corrected it.

use super::{checks::CheckResult, en16931::Syntax, field::Field, learning::LearnedFrom, splitting::Part};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A rectangle on a page. Fractions of the page's width and height, 0 to 1, origin at the top left, as the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageBox {
    /// Page number, from 1.
    pub page: u32,
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

impl PageBox {
    /// Whether it lies within a page, and has a size.
    pub fn is_on_its_page(self) -> bool {
        let is_side = |start: f32, length: f32| start >= 0.0 && length > 0.0 && start + length <= 1.001;
        self.page > 0 && is_side(self.x, self.w) && is_side(self.y, self.h)
    }

    /// The smallest box around both, on the page of this one.
    pub fn around(self, other: PageBox) -> PageBox {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = ((self.x + self.w).max(other.x + other.w), (self.y + self.h).max(other.y + other.h));
        PageBox { page: self.page, x, y, w: right - x, h: bottom - y }
    }
}

/// A word of a page and where it stands, for people who point at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageWord {
    pub text: String,
    #[serde(rename = "box")]
    pub place: PageBox,
}

/// What a document is, decided by its content and never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    Ubl,
    Cii,
    /// A PDF with the invoice's XML inside: Factur-X, ZUGFeRD.
    FacturxPdf,
    /// A PDF with a text layer and no XML.
    TextPdf,
    /// A PDF with no text, or a picture.
    ScanImage,
}

impl DocumentKind {
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentKind::Ubl => "ubl",
            DocumentKind::Cii => "cii",
            DocumentKind::FacturxPdf => "facturx_pdf",
            DocumentKind::TextPdf => "text_pdf",
            DocumentKind::ScanImage => "scan_image",
        }
    }

    pub fn named(name: &str) -> Option<DocumentKind> {
        use DocumentKind::{Cii, FacturxPdf, ScanImage, TextPdf, Ubl};
        [Ubl, Cii, FacturxPdf, TextPdf, ScanImage].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// How a value came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Xml,
    Text,
    Ocr,
    Model,
    User,
    Master,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Xml => "xml",
            Source::Text => "text",
            Source::Ocr => "ocr",
            Source::Model => "model",
            Source::User => "user",
            Source::Master => "master",
        }
    }
}

/// One value read from a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadValue {
    /// Normalised: ISO dates, decimal amounts with a point, upper-case codes. Text is trimmed.
    pub value: String,
    /// The text as it stands in the document, where it differs from `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// 0 to 1. XML is 1.
    pub confidence: f32,
    /// Where the words stand, where that is known.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub place: Option<PageBox>,
    pub source: Source,
}

/// One line of the invoice. Amounts are exact decimals with a point.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// BT-126, or the line's place from 1 where the document gives none.
    pub id: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub quantity: Option<String>,
    #[serde(default)]
    pub unit: Option<String>,
    #[serde(default)]
    pub unit_price: Option<String>,
    #[serde(default)]
    pub net: Option<String>,
    /// What the line takes off quantity × price: its own allowances less its own charges, BT-136 and BT-141.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowances: Option<String>,
    #[serde(default)]
    pub tax_category: Option<String>,
    /// Per cent, `19`.
    #[serde(default)]
    pub tax_rate: Option<String>,
    #[serde(default)]
    pub item_number: Option<String>,
    /// A subtotal or mere information (Factur-X EXTENDED): shown, but no part of the sum of the lines.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub informative: bool,
    /// Where it stands, for a line that a person put between others ([`super::rows::order_after`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub place: Option<PageBox>,
    /// A language model gave it: how sure that is. None: it was read from the document itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_model: Option<f32>,
}

/// One row of the VAT breakdown, BG-23.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VatRow {
    pub base: Option<String>,
    pub tax: Option<String>,
    /// UNTDID 5305 code, `S`.
    pub category: Option<String>,
    /// Per cent, `19`.
    pub rate: Option<String>,
}

/// What the document as a whole takes off (BG-20) or adds (BG-21). Amounts are exact decimals with a point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// It adds.
    pub is_charge: bool,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// UNTDID 5189 of an allowance, 7161 of a charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    pub amount: Option<String>,
    /// Per cent of what it is reckoned from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<String>,
    /// Per cent of VAT, `19`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<String>,
}

/// A page's size in points, as shown (after rotation).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageSize {
    pub width: f32,
    pub height: f32,
}

/// Something a person should know that is no value: "no text found, OCR missing".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingNote {
    /// Stable, snake case: `no_text`, `xml_differs_from_page`.
    pub code: String,
    /// In the clerk's words.
    pub message: String,
}

impl ReadingNote {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        ReadingNote { code: code.into(), message: message.into() }
    }
}

/// Everything a reader found in one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub kind: DocumentKind,
    /// What its XML is written in. None: its values were read from a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syntax: Option<Syntax>,
    pub fields: BTreeMap<Field, ReadValue>,
    pub lines: Vec<InvoiceLine>,
    #[serde(default)]
    pub vat_rows: Vec<VatRow>,
    /// Of XML: what makes up the totals of allowances and charges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<Allowance>,
    /// Empty for XML, which has no pages.
    #[serde(default)]
    pub pages: Vec<PageSize>,
    #[serde(default)]
    pub notes: Vec<ReadingNote>,
    /// Of XML: the rules of EN 16931 that it broke as it was received, see [`super::en16931::told`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken_rules: Vec<CheckResult>,
    /// Of a scan, whose file does not tell them: kept beside it, so that it is read once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<PageWord>,
    /// Which values were read as people's corrections taught, see [`super::learning`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub learned: BTreeMap<Field, LearnedFrom>,
    /// The invoices that its pages hold, where they seem to hold several; the values above are those of all pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

impl Reading {
    pub fn empty(kind: DocumentKind) -> Self {
        Reading {
            kind,
            syntax: None,
            fields: BTreeMap::new(),
            lines: Vec::new(),
            vat_rows: Vec::new(),
            allowances: Vec::new(),
            pages: Vec::new(),
            notes: Vec::new(),
            broken_rules: Vec::new(),
            words: Vec::new(),
            learned: BTreeMap::new(),
            parts: Vec::new(),
        }
    }
}

/// A language model that an upload can ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoice {
    /// What the upload says: `openai`, `anthropic`.
    pub provider: String,
    pub model: String,
    /// It helps where an upload says nothing.
    pub is_standard: bool,
}

/// Why a document could not be read. `code` is stable; `message` is for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct ReadError {
    pub code: ReadErrorCode,
    pub message: String,
}

impl ReadError {
    pub fn new(code: ReadErrorCode, message: impl Into<String>) -> Self {
        ReadError { code, message: message.into() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadErrorCode {
    /// No bytes at all.
    Empty,
    /// None of the types we take, by content.
    UnsupportedType,
    TooLarge,
    /// A PDF or picture that is damaged beyond reading.
    Corrupt,
    /// A PDF that needs a password.
    Encrypted,
    /// XML, but no invoice we know.
    NotAnInvoice,
    /// XML that breaks the rules of XML, or uses what we refuse (document types, entities).
    InvalidXml,
    /// It went past the limits of time, memory or depth.
    TooComplex,
    /// The reader itself stopped; another try may work.
    ReaderFailed,
}

impl ReadErrorCode {
    /// Whether another try may help.
    pub fn is_temporary(self) -> bool {
        matches!(self, ReadErrorCode::ReaderFailed)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            ReadErrorCode::Empty => "empty",
            ReadErrorCode::UnsupportedType => "unsupported_type",
            ReadErrorCode::TooLarge => "too_large",
            ReadErrorCode::Corrupt => "corrupt",
            ReadErrorCode::Encrypted => "encrypted",
            ReadErrorCode::NotAnInvoice => "not_an_invoice",
            ReadErrorCode::InvalidXml => "invalid_xml",
            ReadErrorCode::TooComplex => "too_complex",
            ReadErrorCode::ReaderFailed => "reader_failed",
        }
    }
}
