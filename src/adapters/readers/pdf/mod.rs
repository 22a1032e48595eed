//! Reads PDF files: words with their places, attachments, pictures of pages. All through the hayro crates.
//!
//! Everything here is synchronous, takes bytes and gives values. A hostile file can still cost time and memory that no
//! check here sees (a stream that unpacks to gigabytes), so it is called inside a child process with limits on both.

mod attachments;
mod glyphs;
mod pages;
mod pictures;
mod render;

pub use attachments::{Attachment, attachments};
pub use glyphs::{words, words_of};
pub use pages::pages;
pub use pictures::Pictures;
pub use render::{page_gray, page_png};

use crate::domain::reading::{PageSize, ReadError, ReadErrorCode};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Pages beyond this are not read; no invoice has more.
pub const MAX_PAGES: usize = 200;

/// A page whose sides are longer than this, in points, is not a page: PDF's own limit is 200 inches.
const MAX_SIDE: f32 = 14_400.0;

/// One word of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    pub text: String,
    /// Left, top, width and height as fractions of the page as it is shown, origin at the top left.
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
    /// In points, as shown.
    pub font_size: f32,
    pub bold: bool,
    /// 0 to 1: how sure it is that this is the word. A text layer is.
    pub confidence: f32,
}

/// The words of one page, in the order in which the file draws them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageWords {
    pub size: PageSize,
    pub words: Vec<Word>,
    /// The share of glyphs, 0 to 1, whose character the file does not tell. A high one is a garbage text layer.
    pub garbage: f32,
    /// Whether they were read from a picture, and so may hold mistakes.
    pub scanned: bool,
    /// Where pictures stand, which may show words that no text layer tells.
    pub pictures: Pictures,
}

impl PageWords {
    /// Words that a text layer tells, on a page without pictures.
    pub fn of_text(size: PageSize, words: Vec<Word>) -> PageWords {
        PageWords { size, words, garbage: 0.0, scanned: false, pictures: Pictures::default() }
    }
}

/// The sizes of the pages, first to last, as they are shown. At most [`MAX_PAGES`].
pub fn page_sizes(pdf: &[u8]) -> Result<Vec<PageSize>, ReadError> {
    guarded(|| {
        let pdf = open(pdf)?;
        Ok(pdf.pages().iter().take(MAX_PAGES).map(page_size).collect())
    })
}

/// Opens the file. An empty user password is tried, as every viewer does.
fn open(bytes: &[u8]) -> Result<Pdf, ReadError> {
    if bytes.is_empty() {
        return Err(error(ReadErrorCode::Empty, "The file is empty."));
    }
    let pdf = Pdf::new(Arc::new(bytes.to_vec())).map_err(|cause| match cause {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            error(ReadErrorCode::Encrypted, "This PDF needs a password. Ask the sender for one without.")
        }
        LoadPdfError::Decryption(_) => {
            error(ReadErrorCode::Encrypted, "This PDF is encrypted in a way that cannot be read.")
        }
        LoadPdfError::Invalid => error(ReadErrorCode::Corrupt, "This PDF is damaged and cannot be read."),
    })?;
    if pdf.pages().is_empty() {
        return Err(error(ReadErrorCode::Corrupt, "This PDF has no pages that can be read."));
    }
    Ok(pdf)
}

fn page_size(page: &hayro_syntax::page::Page<'_>) -> PageSize {
    let (width, height) = page.render_dimensions();
    let side = |value: f32| {
        if value.is_finite() { value.clamp(1.0, MAX_SIDE) } else { 1.0 }
    };
    PageSize { width: side(width), height: side(height) }
}

/// Runs `read` and turns a panic inside the PDF library into an error: one bad file must not end the process.
fn guarded<T>(read: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(error(ReadErrorCode::Corrupt, "This PDF is damaged and cannot be read.")))
}

fn error(code: ReadErrorCode, message: &str) -> ReadError {
    ReadError { code, message: message.to_owned() }
}

#[cfg(test)]
mod tests;
