//! A scan, from its pages to its values: the pool's children draw the pages and read the words, tesseract stands between.

use super::{
    Scan,
    ocr::{
        MAX_PAGES, Ocr, Prepared, ScannedPage, ScannedWord,
        tesseract::{self, Segmentation},
        turned, words,
    },
    pool::{ReaderPool, reader_failed},
    protocol::{Request, Response},
};
use crate::{
    adapters::document_reader::TellPages,
    domain::{
        field::Field,
        reading::{PageWord, ReadError, ReadErrorCode, Reading, ReadingNote},
    },
};
use futures::{StreamExt, stream};
use std::time::{Duration, Instant};

/// No page is begun later than this after the first.
const DOCUMENT_TIME: Duration = Duration::from_secs(120);
/// For drawing one page as OCR wants it: larger than a page that is looked at, and measured.
const PICTURE_TIME: Duration = Duration::from_secs(30);
/// A page whose words are less sure than this on average may be turned, or hard to take apart.
const UNSURE: f32 = 0.6;
/// A page with fewer words that can be words may be turned, too.
const FEW: usize = 12;

impl Scan {
    /// What can be said of it without OCR.
    pub(super) fn without_ocr(self) -> Reading {
        let mut reading = self.reading;
        reading.notes.retain(|note| note.code != "garbled_text");
        reading.notes.push(if self.garbled {
            ReadingNote::new("garbled_text", GARBLED)
        } else {
            ReadingNote::new(
                "no_text",
                "This is a scan, and no program that reads scans is set up. Type in the values.",
            )
        });
        reading
    }
}

const GARBLED: &str = "The text inside of this PDF is not what its pages show; what was read from it may be wrong.";

/// Reads what OCR found, a list of [`ScannedPage`]s. Runs in a child.
pub(super) fn read(scanned: &[u8]) -> Result<Reading, ReadError> {
    let pages: Vec<Option<ScannedPage>> = serde_json::from_slice(scanned)
        .map_err(|_| ReadError::new(ReadErrorCode::ReaderFailed, "The words of the scan can not be taken"))?;
    Ok(words::read(&pages))
}

impl ReaderPool {
    /// Reads a scan by OCR, or says why not.
    pub(super) async fn read_scan(
        &self,
        document: &[u8],
        scan: Scan,
        tell: &TellPages<'_>,
    ) -> Result<Reading, ReadError> {
        let Some(ocr) = self.ocr() else {
            return Ok(scan.without_ocr());
        };
        let count = u32::try_from(scan.reading.pages.len()).unwrap_or(u32::MAX);
        let begun = Instant::now();
        let taken = count.min(MAX_PAGES);
        let pages: Vec<Option<ScannedPage>> = stream::iter(1..=taken)
            .map(|page| async move {
                tell(page, taken);
                if begun.elapsed() > DOCUMENT_TIME {
                    return Ok(None);
                }
                match self.scan_page(ocr, document, page).await {
                    Err(error) if !error.code.is_temporary() => {
                        tracing::warn!(page, %error, "a page can not be drawn for OCR");
                        Ok(None)
                    }
                    scanned => scanned,
                }
            })
            .buffered(self.pages_at_once())
            .collect::<Vec<Result<_, ReadError>>>()
            .await
            .into_iter()
            .collect::<Result<_, _>>()?;
        let body = serde_json::to_vec(&pages).map_err(|_| reader_failed("The words of the scan can not be sent"))?;
        let limit = self.read_limit();
        let mut reading = match self.ask(Request::ReadScan, &body, limit).await? {
            (Response::Reading(reading), _) => *reading,
            _ => return Err(reader_failed("The reader gave a wrong answer")),
        };
        if scan.garbled && worth(&reading) < worth(&scan.reading) {
            return Ok(scan.without_ocr());
        }
        reading.pages = scan.reading.pages;
        let found_nothing = reading.words.is_empty();
        reading.notes.retain(|note| note.code != "no_text");
        reading.notes.splice(0..0, scan.reading.notes);
        reading.notes.extend(notes(&pages, count, scan.garbled, found_nothing));
        Ok(reading)
    }

    /// The words of one page, from 1, by OCR; none without it.
    pub(super) async fn scan_words(&self, document: &[u8], page: u32) -> Result<Vec<PageWord>, ReadError> {
        let Some(ocr) = self.ocr() else {
            return Ok(Vec::new());
        };
        let scanned = self.scan_page(ocr, document, page).await?;
        let mut words = words::page_words(&[scanned]);
        for word in &mut words {
            word.place.page = page;
        }
        Ok(words)
    }

    /// The words of a page as it stands, or else turned upright. None when tesseract failed on it.
    async fn scan_page(&self, ocr: &Ocr, document: &[u8], page: u32) -> Result<Option<ScannedPage>, ReadError> {
        let (prepared, picture) = self.picture(document, page, 0).await?;
        let _slot = self.ocr_slot().await?;
        let first = if prepared.narrow { Segmentation::Block } else { Segmentation::Page };
        let mut best = scanned(ocr, prepared, &picture, first, page).await;
        if best.as_ref().is_some_and(|best| is_sure(&best.words)) {
            return Ok(best);
        }
        let turn = tesseract::quarter_turns(ocr, &picture).await.ok().flatten().unwrap_or(0);
        let other = if turn == 0 {
            let prepared = match &best {
                Some(best) => best.prepared.clone(),
                None => return Ok(None),
            };
            let other = if first == Segmentation::Block { Segmentation::Page } else { Segmentation::Block };
            scanned(ocr, prepared, &picture, other, page).await
        } else {
            let (prepared, picture) = self.picture(document, page, turn).await?;
            scanned(ocr, prepared, &picture, first, page).await
        };
        let said = |page: &Option<ScannedPage>| page.as_ref().map_or(0.0, |page| said(&page.words));
        if said(&other) > said(&best) {
            best = other;
        }
        Ok(best)
    }

    async fn picture(&self, document: &[u8], page: u32, turn: u8) -> Result<(Prepared, Vec<u8>), ReadError> {
        match self.ask(Request::Picture { page, turn }, document, PICTURE_TIME).await? {
            (Response::Picture(prepared), picture) => Ok((prepared, picture)),
            _ => Err(reader_failed("The reader gave a wrong answer")),
        }
    }
}

/// What tesseract makes of a picture. It fails on single pages, of which the others are no worse.
async fn scanned(
    ocr: &Ocr,
    prepared: Prepared,
    picture: &[u8],
    segmentation: Segmentation,
    page: u32,
) -> Option<ScannedPage> {
    match tesseract::words(ocr, &prepared, picture, segmentation).await {
        Ok(words) => Some(turned::upright(ScannedPage { prepared, words })),
        Err(error) => {
            tracing::warn!(page, %error, "tesseract failed on a page");
            None
        }
    }
}

fn is_word(word: &&ScannedWord) -> bool {
    word.text.chars().filter(|c| c.is_alphanumeric()).count() >= 2
}

/// Whether there is enough on the page, and most of it is sure.
fn is_sure(words: &[ScannedWord]) -> bool {
    let count = words.iter().filter(is_word).count();
    let sum: f32 = words.iter().filter(is_word).map(|word| word.confidence).sum();
    count >= FEW && sum / count as f32 >= UNSURE
}

/// How much was said surely: letters and digits, each by its word's confidence.
fn said(words: &[ScannedWord]) -> f32 {
    let letters = |word: &ScannedWord| word.text.chars().filter(|c| c.is_alphanumeric()).count() as f32;
    words.iter().filter(is_word).map(|word| letters(word) * (word.confidence - 0.3)).sum()
}

/// How much of what makes an invoice was read.
fn worth(reading: &Reading) -> usize {
    let wanted = [
        Field::InvoiceNumber,
        Field::IssueDate,
        Field::SupplierName,
        Field::NetTotal,
        Field::TaxTotal,
        Field::GrossTotal,
    ];
    wanted.iter().filter(|field| reading.fields.contains_key(field)).count()
}

fn notes(pages: &[Option<ScannedPage>], count: u32, garbled: bool, found_nothing: bool) -> Vec<ReadingNote> {
    let mut notes = Vec::new();
    if garbled {
        let message = "The text inside of this PDF is not what its pages show, so it was read from their pictures.";
        notes.push(ReadingNote::new("garbled_text_replaced", message));
    }
    let failed: Vec<String> =
        (1..).zip(pages).filter(|(_, page)| page.is_none()).map(|(number, _): (u32, _)| number.to_string()).collect();
    if !failed.is_empty() {
        let message = format!("Reading the scan failed on page {}; what stands there is not read.", failed.join(", "));
        notes.push(ReadingNote::new("page_not_read", message));
    } else if found_nothing {
        notes.push(ReadingNote::new("no_text", "No text was found on this scan. Type in the values."));
    }
    if count > MAX_PAGES {
        let message = format!("Only the first {MAX_PAGES} of {count} pages were read.");
        notes.push(ReadingNote::new("pages_left_out", message));
    }
    notes
}
