//! Reads documents: what they are, what stands in them and where.
//!
//! [`read`] and [`page_png`] are pure, and made for a process of their own: use a [`pool::ReaderPool`], which runs
//! them in child processes with limits of memory and time.

pub mod attached;
pub mod child;
pub mod detect;
pub mod entrances;
pub mod extract;
mod hybrid;
pub mod layout;
mod leaves;
mod locate;
mod message;
pub mod ocr;
pub mod pdf;
mod picture;
pub mod pool;
mod protocol;
mod scan;
mod tiff_pages;
pub mod validate;
pub mod xml;

use crate::domain::attachment::Attachment;
use crate::domain::reading::{PageBox, PageWord, ReadError, ReadErrorCode, Reading, ReadingNote};
use crate::domain::splitting::PageRange;
use detect::{FileType, detect};
use leaves::Scan;
pub use locate::{Locator, rows_of_text, unstyled_pages};
use ocr::Prepared;
use protocol::Request;
use validate::Verdict;

/// Of a document, in bytes. The upload door takes less; this is the readers' own bound.
pub const MAX_DOCUMENT: usize = 32 * 1024 * 1024;

/// What came of a request to a child.
enum Asked {
    Reading(Box<Reading>),
    Scan(Box<Scan>),
    /// With its bytes.
    Picture(Prepared, Vec<u8>),
    Png(Vec<u8>),
    Pages(Vec<u8>),
    Words(Vec<PageWord>),
    Verdict(Verdict),
    NoWords,
    Attachments(Vec<Attachment>),
    /// With its bytes.
    Attachment(Attachment, Vec<u8>),
}

/// What reading a file came to.
enum Read {
    Done(Box<Reading>),
    /// Only OCR can go on.
    Scan(Box<Scan>),
}

fn ask(request: Request, document: &[u8]) -> Result<Asked, ReadError> {
    match request {
        Request::Read => Ok(match read_or_scan(document)? {
            Read::Done(reading) => Asked::Reading(reading),
            Read::Scan(scan) => Asked::Scan(scan),
        }),
        Request::PagePng { page, width } => page_png(document, page, width).map(Asked::Png),
        Request::Validate => validate::verdict(document).map(Asked::Verdict),
        Request::PageWords { page } => Ok(page_words(document, page)?.map_or(Asked::NoWords, Asked::Words)),
        Request::Picture { page, turn, only } => ocr::prepare::prepare(document, page, turn, only)
            .map(|(prepared, picture)| Asked::Picture(prepared, picture)),
        Request::ReadScan => scan::read(document).map(|reading| Asked::Reading(Box::new(reading))),
        Request::Pages(range) => pages(document, range).map(Asked::Pages),
        Request::Attachments => attached::attachments(document).map(Asked::Attachments),
        Request::Attachment { number } => {
            attached::attachment(document, number).map(|(attachment, bytes)| Asked::Attachment(attachment, bytes))
        }
    }
}

/// Reads one document of any type we take, but no scan: that takes OCR, which a [`pool::ReaderPool`] has.
///
/// # Errors
/// See [`ReadErrorCode`]. Panics of PDF libraries on damaged files are possible: call it in a child process.
pub fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    Ok(match read_or_scan(bytes)? {
        Read::Done(reading) => *reading,
        Read::Scan(scan) => scan.without_ocr(None),
    })
}

fn read_or_scan(bytes: &[u8]) -> Result<Read, ReadError> {
    if bytes.len() > MAX_DOCUMENT {
        return Err(ReadError::new(ReadErrorCode::TooLarge, "The file is too large"));
    }
    match detect(bytes)? {
        FileType::Xml => xml::read(bytes).map(|reading| Read::Done(Box::new(reading))),
        FileType::Pdf => read_pdf(bytes),
        FileType::Message => Err(is_message()),
        kind @ (FileType::Png | FileType::Jpeg | FileType::Tiff) => {
            picture::read(bytes, kind).map(|reading| Read::Scan(Box::new(Scan::of_pictures(reading))))
        }
    }
}

/// An e-mail is taken apart into its documents, each of which is read by itself.
fn is_message() -> ReadError {
    ReadError::new(ReadErrorCode::UnsupportedType, "This is an e-mail: only the documents with it can be read")
}

/// One page as a PNG of at most `width` pixels across. Pages count from 1.
///
/// # Errors
/// `UnsupportedType` for XML, which has no pages; else as [`read`], and `Corrupt` when there is no such page.
pub fn page_png(bytes: &[u8], page: u32, width: u32) -> Result<Vec<u8>, ReadError> {
    match detect(bytes)? {
        FileType::Pdf => pdf::page_png(bytes, page, width.clamp(1, picture::MAX_WIDTH)),
        FileType::Xml => Err(ReadError::new(ReadErrorCode::UnsupportedType, "XML has no pages")),
        FileType::Message => Err(is_message()),
        kind @ (FileType::Png | FileType::Jpeg | FileType::Tiff) => picture::page_png(bytes, kind, page, width),
    }
}

/// Some pages of a PDF as a file of their own. See [`pdf::pages`].
///
/// # Errors
/// `UnsupportedType` for all but PDFs, which are not taken apart; else as [`read`], and `Corrupt` when there are no such
/// pages.
pub fn pages(bytes: &[u8], range: PageRange) -> Result<Vec<u8>, ReadError> {
    match detect(bytes)? {
        FileType::Pdf => pdf::pages(bytes, range),
        _ => Err(ReadError::new(ReadErrorCode::UnsupportedType, "Only PDFs are split")),
    }
}

/// The words of one page, from 1, as far as the file tells them; none where it does not.
///
/// # Errors
/// As [`page_png`].
pub fn page_words(bytes: &[u8], page: u32) -> Result<Option<Vec<PageWord>>, ReadError> {
    match detect(bytes)? {
        FileType::Pdf => {}
        FileType::Xml => return Ok(Some(Vec::new())),
        FileType::Message => return Err(is_message()),
        FileType::Png | FileType::Jpeg | FileType::Tiff => return Ok(None),
    }
    let words = pdf::words_of(bytes, page)?;
    // Of a layer that does not tell the page, no word is of use.
    if !leaves::is_told(&words) || layout::garbled(std::slice::from_ref(&words)).contains(&true) {
        return Ok(None);
    }
    let word = |word: pdf::Word| {
        let pdf::Word { text, x, y, w, h, .. } = word;
        PageWord { text, place: PageBox { page, x, y, w, h } }
    };
    Ok(Some(words.words.into_iter().map(word).collect()))
}

fn read_pdf(bytes: &[u8]) -> Result<Read, ReadError> {
    let pages = pdf::words(bytes)?;
    // A file whose attachments are damaged still has its pages.
    let attachments = pdf::attachments(bytes).unwrap_or_default();
    match hybrid::find(&attachments)? {
        hybrid::Found::Invoice(reading) => Ok(Read::Done(Box::new(hybrid::place(*reading, &pages)))),
        hybrid::Found::Nothing(note) => Ok(read_pages(pages, note)),
    }
}

/// The invoice on the pages; `note` is what was noticed of the file before.
fn read_pages(pages: Vec<pdf::PageWords>, note: Option<ReadingNote>) -> Read {
    match leaves::read(pages) {
        (mut reading, None) => {
            reading.notes.extend(note);
            Read::Done(Box::new(reading))
        }
        (_, Some(mut scan)) => {
            scan.reading.notes.extend(note);
            Read::Scan(Box::new(scan))
        }
    }
}

/// What a panic while reading the document means.
fn panic_error(document: &[u8]) -> ReadError {
    match detect(document) {
        Ok(FileType::Pdf | FileType::Png | FileType::Jpeg | FileType::Tiff | FileType::Message) => {
            ReadError::new(ReadErrorCode::Corrupt, "The file is damaged beyond reading")
        }
        _ => ReadError::new(ReadErrorCode::ReaderFailed, "The reader failed on this file"),
    }
}
