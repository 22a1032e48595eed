//! Reads documents: what they are, what stands in them and where.
//!
//! [`read`] and [`page_png`] are pure, and made for a process of their own: use a [`pool::ReaderPool`], which runs
//! them in child processes with limits of memory and time.

pub mod attached;
pub mod child;
pub mod detect;
pub mod extract;
mod hybrid;
pub mod layout;
mod locate;
pub mod pdf;
mod picture;
pub mod pool;
mod protocol;
pub mod validate;
pub mod xml;

use crate::domain::attachment::Attachment;
use crate::domain::reading::{DocumentKind, PageBox, PageWord, ReadError, ReadErrorCode, Reading, ReadingNote};
use detect::{FileType, detect};
pub use locate::find_among;
use protocol::Request;
use validate::Verdict;

/// Of a document, in bytes. The upload door takes less; this is the readers' own bound.
pub const MAX_DOCUMENT: usize = 32 * 1024 * 1024;
/// The share of characters a text layer may fail to name before it counts as none.
const MAX_GARBAGE: f32 = 0.5;

/// What came of a request to a child.
enum Asked {
    Reading(Box<Reading>),
    Png(Vec<u8>),
    Words(Vec<PageWord>),
    Verdict(Verdict),
    Attachments(Vec<Attachment>),
    /// With its bytes.
    Attachment(Attachment, Vec<u8>),
}

fn ask(request: Request, document: &[u8]) -> Result<Asked, ReadError> {
    match request {
        Request::Read => read(document).map(|reading| Asked::Reading(Box::new(reading))),
        Request::PagePng { page, width } => page_png(document, page, width).map(Asked::Png),
        Request::PageWords { page } => page_words(document, page).map(Asked::Words),
        Request::Validate => validate::verdict(document).map(Asked::Verdict),
        Request::Attachments => attached::attachments(document).map(Asked::Attachments),
        Request::Attachment { number } => {
            attached::attachment(document, number).map(|(attachment, bytes)| Asked::Attachment(attachment, bytes))
        }
    }
}

/// Reads one document of any type we take.
///
/// # Errors
/// See [`ReadErrorCode`]. Panics of PDF libraries on damaged files are possible: call it in a child process.
pub fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    if bytes.len() > MAX_DOCUMENT {
        return Err(ReadError::new(ReadErrorCode::TooLarge, "The file is too large"));
    }
    match detect(bytes)? {
        FileType::Xml => xml::read(bytes),
        FileType::Pdf => read_pdf(bytes),
        kind @ (FileType::Png | FileType::Jpeg | FileType::Tiff) => picture::read(bytes, kind),
    }
}

/// One page as a PNG of at most `width` pixels across. Pages count from 1.
///
/// # Errors
/// `UnsupportedType` for XML, which has no pages; else as [`read`], and `Corrupt` when there is no such page.
pub fn page_png(bytes: &[u8], page: u32, width: u32) -> Result<Vec<u8>, ReadError> {
    match detect(bytes)? {
        FileType::Pdf => pdf::page_png(bytes, page, width.clamp(1, picture::MAX_WIDTH)),
        FileType::Xml => Err(ReadError::new(ReadErrorCode::UnsupportedType, "XML has no pages")),
        kind @ (FileType::Png | FileType::Jpeg | FileType::Tiff) => picture::page_png(bytes, kind, page, width),
    }
}

/// The words of one page, from 1, as far as the file tells them; pictures and XML have none.
///
/// # Errors
/// As [`page_png`].
pub fn page_words(bytes: &[u8], page: u32) -> Result<Vec<PageWord>, ReadError> {
    if detect(bytes)? != FileType::Pdf {
        return Ok(Vec::new());
    }
    let words = pdf::words_of(bytes, page)?;
    // Of a layer that mostly can not be told, no word is of use.
    if !has_text(std::slice::from_ref(&words)) {
        return Ok(Vec::new());
    }
    let word = |word: pdf::Word| {
        let pdf::Word { text, x, y, w, h, .. } = word;
        PageWord { text, place: PageBox { page, x, y, w, h } }
    };
    Ok(words.words.into_iter().map(word).collect())
}

fn read_pdf(bytes: &[u8]) -> Result<Reading, ReadError> {
    let pages = pdf::words(bytes)?;
    // A file whose attachments are damaged still has its pages.
    let attachments = pdf::attachments(bytes).unwrap_or_default();
    match hybrid::find(&attachments)? {
        hybrid::Found::Invoice(reading) => Ok(hybrid::place(*reading, &pages)),
        hybrid::Found::Nothing(note) => {
            let mut reading = read_pages(&pages);
            reading.notes.extend(note);
            Ok(reading)
        }
    }
}

fn read_pages(pages: &[pdf::PageWords]) -> Reading {
    if has_text(pages) {
        return layout::read(pages);
    }
    let mut reading = Reading::empty(DocumentKind::ScanImage);
    reading.pages = pages.iter().map(|page| page.size).collect();
    reading.notes.push(no_text());
    reading
}

/// Whether there are words, and most of them can be told.
fn has_text(pages: &[pdf::PageWords]) -> bool {
    let words = |page: &pdf::PageWords| page.words.len() as f32;
    let all: f32 = pages.iter().map(words).sum();
    let garbage: f32 = pages.iter().map(|page| page.garbage * words(page)).sum();
    all > 0.0 && garbage / all <= MAX_GARBAGE
}

fn no_text() -> ReadingNote {
    ReadingNote::new("no_text", "No text found on the page, and no OCR is set up")
}

/// What a panic while reading the document means.
fn panic_error(document: &[u8]) -> ReadError {
    match detect(document) {
        Ok(FileType::Pdf | FileType::Png | FileType::Jpeg | FileType::Tiff) => {
            ReadError::new(ReadErrorCode::Corrupt, "The file is damaged beyond reading")
        }
        _ => ReadError::new(ReadErrorCode::ReaderFailed, "The reader failed on this file"),
    }
}
