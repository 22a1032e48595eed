//! Reads scans with tesseract, a program of its own that is not part of this one.
//!
//! A document is opened only in the child of [`super::child`]. It draws a page as a grey picture, straight and large
//! enough ([`prepare`]); the parent hands that to tesseract ([`tesseract`]), which sees no document and has limits of
//! its own ([`limits`]); the table that comes back is read with bounds ([`tsv`]); and the words of all pages go into a
//! child again, which reads them as it reads the words of a PDF ([`words`]).

pub mod limits;
pub(super) mod prepare;
mod repair;
pub mod settings;
pub(super) mod skew;
pub(super) mod tesseract;
pub(super) mod tsv;
pub(super) mod turned;
pub(super) mod words;

pub use settings::{NoOcr, Ocr, OcrSettings};

use serde::{Deserialize, Serialize};

/// Pages of one document that are read by OCR.
pub(super) const MAX_PAGES: usize = 10;

/// What a page's words are read from, and how to find them on the page again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Prepared {
    /// Of the picture that tesseract gets, in pixels.
    pub width: u32,
    pub height: u32,
    /// From a place in that picture to the same on the page as shown, both in fractions: x' = a x + b y + c, y' = d x + e y + f.
    pub to_page: [f32; 6],
    /// How light and shadow are spread: uneven ones need more than one threshold between ink and paper.
    pub uneven: bool,
    /// Whether it is a slip: narrow, one column.
    pub narrow: bool,
}

/// One word, in pixels of the picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ScannedWord {
    pub text: String,
    pub x0: f32,
    pub y0: f32,
    pub x1: f32,
    pub y1: f32,
    /// 0 to 1.
    pub confidence: f32,
    /// Words of one line have the same number.
    pub line: u32,
}

/// The words of a page as they came from tesseract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ScannedPage {
    pub prepared: Prepared,
    pub words: Vec<ScannedWord>,
}
