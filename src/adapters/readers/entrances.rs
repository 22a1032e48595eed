//! The ways in which strangers' bytes come to our code, one function each: what `fuzz/` throws bytes at, and what the
//! tests give the cases it found.

use super::{
    attached,
    detect::{FileType, detect},
    leaves::Leaf,
    ocr::{Prepared, ScannedPage, prepare, tsv, words},
    page_png, page_words, picture, protocol, read_or_scan, scan, validate, xml,
};
use crate::domain::{
    checks::{self, Facts},
    normalise::normalise,
    reading::Reading,
    rows,
    splitting::PageRange,
};

/// The day that dates are checked against.
const TODAY: &str = "2026-11-02";
/// The width of pages that are drawn, in pixels.
const WIDTH: u32 = 200;
/// Of the picture that a table of words belongs to, in pixels.
const PICTURE: (u32, u32) = (1_240, 1_754);

/// Takes bytes as they came and answers nothing: all that matters is that it ends, within its limits and without a panic.
pub type Entrance = fn(&[u8]);

/// All entrances, by the names of their folders and fuzz targets.
pub const ALL: [(&str, Entrance); 7] = [
    ("xml", electronic),
    ("mail", mail),
    ("pdf", pdf),
    ("picture", pictures),
    ("ocr_table", ocr_table),
    ("ocr_pages", ocr_pages),
    ("frames", frames),
];

/// An electronic invoice: its values and what is done with them next, the rules it breaks, what is attached to it.
pub fn electronic(bytes: &[u8]) {
    if let Ok(reading) = xml::read(bytes) {
        behind_reading(&reading);
    }
    let _ = xml::findings(bytes);
    let _ = xml::other_document(bytes);
    all_attached(bytes);
}

/// What a stranger's values come to when a reading is taken over: the checks, the rows as values, and what people's input
/// goes through, which has to take them back as they are shown.
fn behind_reading(reading: &Reading) {
    let _ = checks::check(&Facts::of_reading(reading, TODAY));
    for (field, value) in rows::of_reading(reading) {
        let _ = normalise(field, &value.value);
    }
    for (field, value) in &reading.fields {
        let _ = normalise(*field, &value.value);
    }
}

/// A PDF: its words and values, its files, its first page as a picture, and as a file of its own.
pub fn pdf(bytes: &[u8]) {
    if detect(bytes).ok() != Some(FileType::Pdf) {
        return;
    }
    let _ = super::pdf::page_sizes(bytes);
    let _ = read_or_scan(bytes);
    let _ = page_words(bytes, 1);
    let _ = validate::verdict(bytes);
    all_attached(bytes);
    let _ = page_png(bytes, 1, WIDTH);
    let _ = super::pages(bytes, PageRange { first: 1, last: 1 });
}

/// An e-mail: the files with it.
pub fn mail(bytes: &[u8]) {
    if detect(bytes) == Ok(FileType::Message) {
        all_attached(bytes);
    }
}

/// A picture: its pages, the first as it is shown, and as OCR gets it.
pub fn pictures(bytes: &[u8]) {
    let Ok(kind @ (FileType::Png | FileType::Jpeg | FileType::Tiff)) = detect(bytes) else {
        return;
    };
    let _ = picture::read(bytes, kind);
    let _ = page_png(bytes, 1, WIDTH);
    for turn in 0..2 {
        let _ = prepare::prepare(bytes, 1, turn, None);
    }
}

/// The table that tesseract prints, and the values among its words.
pub fn ocr_table(bytes: &[u8]) {
    let (width, height) = PICTURE;
    let Ok(found) = tsv::parse(bytes, width, height) else {
        return;
    };
    let prepared = Prepared { width, height, to_page: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0], uneven: false, narrow: false };
    words::read(vec![Leaf { text: None, scanned: Some(ScannedPage { prepared, words: found }) }]);
}

/// The words of all pages, as they go into a child again.
pub fn ocr_pages(bytes: &[u8]) {
    let _ = scan::read(bytes);
}

/// What a child is sent: messages one after the other, to the first that is none.
pub fn frames(bytes: &[u8]) {
    let mut input = bytes;
    while let Ok(Some(_)) = protocol::read_request(&mut input) {}
}

/// The files in a document, each as it is handed out.
fn all_attached(bytes: &[u8]) {
    let held = attached::attachments(bytes).map(|all| all.len()).unwrap_or_default();
    for number in (1..=held).filter_map(|number| u32::try_from(number).ok()) {
        let _ = attached::attachment(bytes, number);
    }
}
