//! A scan, from its pages to its values: the pool's children draw the pages and read the words, tesseract stands between.

use super::{
    leaves::{Leaf, Scan, Want},
    ocr::{
        MAX_PAGES, NoOcr, Ocr, Prepared, ScannedPage, ScannedWord,
        tesseract::{self, Segmentation},
        turned, words,
    },
    pdf::Pictures,
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
/// Of more pages than are read, so many from the end are: the totals stand there.
const LAST_PAGES: usize = 2;

impl Scan {
    /// The pictures of a page whose text is told, and that may show what the text lacks.
    fn letterhead(&self, page: u32) -> Option<Pictures> {
        let text = self.texts.get((page as usize).checked_sub(1)?)?.as_ref()?;
        (self.want == Want::Missing).then_some(text.pictures)
    }

    /// What can be said of it without OCR, and why there is none.
    pub(super) fn without_ocr(self, why: Option<&NoOcr>) -> Reading {
        let mut reading = self.reading;
        let has_told_pages = self.texts.iter().any(Option::is_some);
        reading.notes.retain(|note| note.code != "garbled_text");
        reading.notes.extend(match self.want {
            Want::Missing => None,
            Want::Garbled => Some(ReadingNote::new("garbled_text", GARBLED)),
            Want::Pictures if has_told_pages => {
                let message = format!("{} not read: {}.", pages_are(&self.pages), no_ocr(why));
                Some(ReadingNote::new("page_not_read", message))
            }
            Want::Pictures => {
                let message = format!("This is a scan, and {}. Type in the values.", no_ocr(why));
                Some(ReadingNote::new("no_text", message))
            }
        });
        reading
    }
}

const GARBLED: &str = "The text inside of this PDF is not what its pages show; what was read from it may be wrong.";

/// Why scans are not read, in the words of people who do not run this program but may know who does.
fn no_ocr(why: Option<&NoOcr>) -> String {
    match why {
        Some(NoOcr::Off) => "reading scans is switched off".to_owned(),
        Some(NoOcr::NoLanguage(languages)) => {
            format!(
                "the program that reads scans, Tesseract, lacks the languages for it: {}",
                language_names(languages)
            )
        }
        Some(NoOcr::Broken(..)) => "the program that reads scans, Tesseract, does not start".to_owned(),
        Some(NoOcr::NoProgram) => "the program that reads scans, Tesseract, is not installed".to_owned(),
        None => "no program that reads scans is set up".to_owned(),
    }
}

/// Languages as people call them; one that we do not know keeps tesseract's name.
fn language_names(codes: &str) -> String {
    let name = |code| match code {
        "eng" => "English",
        "deu" => "German",
        "fra" => "French",
        "nld" => "Dutch",
        "ita" => "Italian",
        "spa" => "Spanish",
        other => other,
    };
    codes.split(['+', ',', ' ']).filter(|code| !code.is_empty()).map(name).collect::<Vec<_>>().join(", ")
}

/// Reads what OCR found beside what text layers tell, a list of [`Leaf`]s. Runs in a child.
pub(super) fn read(leaves: &[u8]) -> Result<Reading, ReadError> {
    let leaves: Vec<Leaf> = serde_json::from_slice(leaves)
        .map_err(|_| ReadError::new(ReadErrorCode::ReaderFailed, "The words of the scan can not be taken"))?;
    Ok(words::read(leaves))
}

impl ReaderPool {
    /// Reads the pages that need it by OCR, or says why not.
    pub(super) async fn read_scan(
        &self,
        document: &[u8],
        mut scan: Scan,
        tell: &TellPages<'_>,
    ) -> Result<Reading, ReadError> {
        let Some(ocr) = self.ocr() else {
            return Ok(scan.without_ocr(self.no_ocr()));
        };
        let (taken, left_out) = chosen(&scan.pages);
        let found = self.scan_pages(ocr, document, &scan, &taken, tell).await?;
        let failed: Vec<u32> =
            taken.iter().zip(&found).filter(|(_, page)| page.is_none()).map(|(number, _)| *number).collect();
        let mut leaves: Vec<Leaf> =
            std::mem::take(&mut scan.texts).into_iter().map(|text| Leaf { text, scanned: None }).collect();
        for (number, page) in taken.iter().zip(found) {
            if let Some(leaf) = leaves.get_mut((*number as usize).saturating_sub(1)) {
                leaf.scanned = page;
            }
        }
        let body = serde_json::to_vec(&leaves).map_err(|_| reader_failed("The words of the scan can not be sent"))?;
        let limit = self.read_limit();
        let reading = match self.ask(Request::ReadScan, &body, limit).await? {
            (Response::Reading(reading), _) => *reading,
            _ => return Err(reader_failed("The reader gave a wrong answer")),
        };
        if scan.want == Want::Garbled && worth(&reading) < worth(&scan.reading) {
            return Ok(scan.without_ocr(None));
        }
        let found_nothing = reading.words.is_empty();
        let mut reading = match scan.want {
            Want::Missing => with_missing(scan.reading, reading),
            Want::Pictures | Want::Garbled => in_place_of(scan.reading, reading),
        };
        reading.notes.extend(notes(scan.want, &failed, &left_out, found_nothing));
        Ok(reading)
    }

    /// What tesseract makes of each of the pages, a few at a time; none of those that it fails on.
    async fn scan_pages(
        &self,
        ocr: &Ocr,
        document: &[u8],
        scan: &Scan,
        pages: &[u32],
        tell: &TellPages<'_>,
    ) -> Result<Vec<Option<ScannedPage>>, ReadError> {
        let begun = Instant::now();
        let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        let found: Vec<Result<_, ReadError>> = stream::iter((1..).zip(pages.iter().copied()))
            .map(|(place, page)| async move {
                tell(place, count);
                if begun.elapsed() > DOCUMENT_TIME {
                    return Ok(None);
                }
                let scanned = match scan.letterhead(page) {
                    Some(pictures) => self.scan_pictures(ocr, document, page, pictures).await,
                    None => self.scan_page(ocr, document, page).await,
                };
                match scanned {
                    Err(error) if !error.code.is_temporary() => {
                        tracing::warn!(page, %error, "a page can not be drawn for OCR");
                        Ok(None)
                    }
                    scanned => scanned,
                }
            })
            .buffered(self.pages_at_once())
            .collect()
            .await;
        found.into_iter().collect()
    }

    /// The words of one page, from 1, by OCR; none without it.
    pub(super) async fn scan_words(&self, document: &[u8], page: u32) -> Result<Vec<PageWord>, ReadError> {
        let Some(ocr) = self.ocr() else {
            return Ok(Vec::new());
        };
        let scanned = self.scan_page(ocr, document, page).await?;
        Ok(scanned.iter().flat_map(|scanned| words::words_of_page(scanned, page)).collect())
    }

    /// The words of a page as it stands, or else turned upright. None when tesseract failed on it.
    async fn scan_page(&self, ocr: &Ocr, document: &[u8], page: u32) -> Result<Option<ScannedPage>, ReadError> {
        let (prepared, picture) = self.picture(document, page, 0, None).await?;
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
            let (prepared, picture) = self.picture(document, page, turn, None).await?;
            scanned(ocr, prepared, &picture, first, page).await
        };
        let said = |page: &Option<ScannedPage>| page.as_ref().map_or(0.0, |page| said(&page.words));
        if said(&other) > said(&best) {
            best = other;
        }
        Ok(best)
    }

    /// The words of a page's pictures alone, as they stand: a logo is not turned.
    async fn scan_pictures(
        &self,
        ocr: &Ocr,
        document: &[u8],
        page: u32,
        only: Pictures,
    ) -> Result<Option<ScannedPage>, ReadError> {
        let (prepared, picture) = self.picture(document, page, 0, Some(only)).await?;
        let _slot = self.ocr_slot().await?;
        Ok(scanned(ocr, prepared, &picture, Segmentation::Page, page).await)
    }

    async fn picture(
        &self,
        document: &[u8],
        page: u32,
        turn: u8,
        only: Option<Pictures>,
    ) -> Result<(Prepared, Vec<u8>), ReadError> {
        match self.ask(Request::Picture { page, turn, only }, document, PICTURE_TIME).await? {
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

/// The pages that are read, and those that are left out where there are too many: the first tell who sends the invoice, the
/// last what it comes to.
fn chosen(pages: &[u32]) -> (Vec<u32>, Vec<u32>) {
    if pages.len() <= MAX_PAGES {
        return (pages.to_vec(), Vec::new());
    }
    let (first, rest) = pages.split_at(MAX_PAGES - LAST_PAGES);
    let (left_out, last) = rest.split_at(rest.len() - LAST_PAGES);
    ([first, last].concat(), left_out.to_vec())
}

/// Sums that prove each other.
const SUMS: [Field; 3] = [Field::NetTotal, Field::TaxTotal, Field::GrossTotal];
/// How sure a sum is whose proof is another than what the text told.
const UNPROVEN: f32 = 0.5;

/// What the text told stays; of what it lacks, what its pictures showed is taken.
fn with_missing(mut told: Reading, found: Reading) -> Reading {
    let differs = |field: &Field| match (told.fields.get(field), found.fields.get(field)) {
        (Some(told), Some(found)) => told.value != found.value,
        _ => false,
    };
    let most = if SUMS.iter().any(differs) { UNPROVEN } else { 1.0 };
    for (field, mut value) in found.fields {
        if SUMS.contains(&field) {
            value.confidence = value.confidence.min(most);
        }
        told.fields.entry(field).or_insert(value);
    }
    told.words = found.words;
    told.notes.retain(|note| note.code != "no_invoice_found");
    told
}

/// What was read by OCR, with what was known before of the file.
fn in_place_of(known: Reading, mut read: Reading) -> Reading {
    read.pages = known.pages;
    read.notes.retain(|note| note.code != "no_text");
    let is_outdated =
        |note: &ReadingNote| matches!(note.code.as_str(), "garbled_text" | "no_text" | "no_invoice_found");
    read.notes.splice(0..0, known.notes.into_iter().filter(|note| !is_outdated(note)));
    read
}

fn notes(want: Want, failed: &[u32], left_out: &[u32], found_nothing: bool) -> Vec<ReadingNote> {
    let mut notes = Vec::new();
    if want == Want::Garbled {
        let message = "The text inside of this PDF is not what its pages show, so it was read from their pictures.";
        notes.push(ReadingNote::new("garbled_text_replaced", message));
    }
    if want == Want::Missing {
        return notes;
    }
    if !failed.is_empty() {
        let message = format!("Reading the scan failed on page {}; what stands there is not read.", numbers(failed));
        notes.push(ReadingNote::new("page_not_read", message));
    } else if found_nothing {
        notes.push(ReadingNote::new("no_text", "No text was found on this scan. Type in the values."));
    }
    if !left_out.is_empty() {
        let message = format!(
            "{} not read: of so many pages only the first {} and the last {LAST_PAGES} are.",
            pages_are(left_out),
            MAX_PAGES - LAST_PAGES,
        );
        notes.push(ReadingNote::new("pages_left_out", message));
    }
    notes
}

/// "Page 3 is a picture and", "Pages 3–5, 9 are pictures and".
fn pages_are(pages: &[u32]) -> String {
    match pages {
        [page] => format!("Page {page} is a picture and"),
        pages => format!("Pages {} are pictures and", numbers(pages)),
    }
}

/// `3, 5–7`: pages that follow each other as one.
fn numbers(pages: &[u32]) -> String {
    let runs = pages.chunk_by(|a, b| *b == a + 1).map(|run| match run {
        [first, .., last] => format!("{first}–{last}"),
        [one] => one.to_string(),
        [] => String::new(),
    });
    runs.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading::{DocumentKind, ReadValue, Source};

    #[test]
    fn of_many_pages_the_first_and_the_last_are_read() {
        let all: Vec<u32> = (1..=14).collect();
        assert_eq!(chosen(&all[..10]), (all[..10].to_vec(), Vec::new()));
        assert_eq!(chosen(&all), (vec![1, 2, 3, 4, 5, 6, 7, 8, 13, 14], vec![9, 10, 11, 12]));
        assert_eq!(chosen(&all[..11]).1, [9]);
    }

    #[test]
    fn sums_of_two_sources_do_not_prove_each_other() {
        let reading = |sums: &[(Field, &str, f32)]| {
            let mut reading = Reading::empty(DocumentKind::TextPdf);
            for (field, value, confidence) in sums {
                let value = ReadValue {
                    value: (*value).to_owned(),
                    raw: None,
                    confidence: *confidence,
                    place: None,
                    source: Source::Ocr,
                };
                reading.fields.insert(*field, value);
            }
            reading
        };
        let found = reading(&[
            (Field::NetTotal, "80.00", 0.98),
            (Field::TaxTotal, "15.20", 0.98),
            (Field::GrossTotal, "95.20", 0.98),
        ]);
        let mut told = reading(&[(Field::NetTotal, "100.00", 0.7)]);
        told.notes.push(ReadingNote::new("no_invoice_found", "…"));
        let both = with_missing(told, found.clone());
        assert_eq!(both.fields[&Field::NetTotal].value, "100.00");
        assert_eq!(both.fields[&Field::GrossTotal].confidence, UNPROVEN);
        assert!(both.notes.is_empty());
        let agreed = with_missing(reading(&[(Field::NetTotal, "80.00", 0.7)]), found);
        assert_eq!(agreed.fields[&Field::GrossTotal].confidence, 0.98);
    }

    #[test]
    fn page_numbers_are_told_in_runs() {
        assert_eq!(numbers(&[9, 10, 11, 12]), "9–12");
        assert_eq!(numbers(&[2, 4, 5, 9]), "2, 4–5, 9");
        let told = notes(Want::Pictures, &[], &[9, 10], false);
        assert_eq!(
            told[0].message,
            "Pages 9–10 are pictures and not read: of so many pages only the first 8 and the last 2 are."
        );
    }
}
