//! The pages of a document, each by what tells its words: a text layer, or only the picture that it shows. Both stand in
//! one file where somebody scanned an attachment behind an invoice, or a program stamped each page of a scan.

use super::{
    layout,
    ocr::ScannedPage,
    pdf::{PageWords, Word},
};
use crate::domain::{
    field::Field,
    reading::{DocumentKind, Reading},
};
use serde::{Deserialize, Serialize};

/// The share of characters a text layer may fail to name before it counts as none.
const MAX_GARBAGE: f32 = 0.5;
/// Fewer words beside a picture are a stamp, or the header line of a telefax.
const FEW_WORDS: usize = 25;
/// A picture with so few words over it that covers this share of the page is what the page shows: a till receipt on a page
/// of A4 covers a third.
const MOST: f32 = 0.3;
/// On a page without words, a picture of this share of it may have some.
const SOME: f32 = 0.05;
/// A letterhead is at least this share of its page.
const LETTERHEAD: f32 = 0.02;
/// Words beyond this are read by nobody ([`layout::read`]), so they need not travel.
const MAX_WORDS: usize = 40_000;

/// A page as it goes to the reading: what its text layer tells, what OCR found on it, or both; neither of one that was left
/// out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Leaf {
    pub text: Option<PageWords>,
    pub scanned: Option<ScannedPage>,
}

/// Why OCR is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Want {
    /// Some pages, or all, are pictures.
    Pictures,
    /// There is text, but not the text that the pages show.
    Garbled,
    /// What every invoice has is not in the text; pictures on the pages may show it.
    Missing,
}

/// A document of which OCR has to read pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Scan {
    /// What is known of it without OCR.
    pub reading: Reading,
    pub want: Want,
    /// The pages that OCR has to read, from 1, rising.
    pub pages: Vec<u32>,
    /// Each page's words, where its text layer tells them.
    pub texts: Vec<Option<PageWords>>,
}

impl Scan {
    /// Of a file that has only pictures for pages.
    pub fn of_pictures(reading: Reading) -> Scan {
        let texts = vec![None; reading.pages.len()];
        Scan { reading, want: Want::Pictures, pages: (1..).take(texts.len()).collect(), texts }
    }
}

/// Whether there are words, and most of them can be told.
pub(super) fn has_text(pages: &[PageWords]) -> bool {
    let words = |page: &PageWords| page.words.len() as f32;
    let all: f32 = pages.iter().map(words).sum();
    let garbage: f32 = pages.iter().map(|page| page.garbage * words(page)).sum();
    all > 0.0 && garbage / all <= MAX_GARBAGE
}

/// Whether the text layer of a page tells what the page shows.
pub(super) fn is_told(page: &PageWords) -> bool {
    let is_picture = page.words.len() < FEW_WORDS && page.pictures.covered() >= MOST;
    has_text(std::slice::from_ref(page)) && !is_picture
}

/// Reads what the text layers tell, and says what OCR has to read beside them; none where it has not.
pub(super) fn read(pages: Vec<PageWords>) -> (Reading, Option<Scan>) {
    let has_text = pages.iter().any(|page| has_text(std::slice::from_ref(page)));
    let mut reading = if has_text { layout::read(&pages) } else { Reading::empty(DocumentKind::ScanImage) };
    reading.pages = pages.iter().map(|page| page.size).collect();
    let garbled = if has_text { layout::garbled(&pages) } else { Vec::new() };
    let is_garbled = |at: usize| garbled.get(at).is_some_and(|garbled| *garbled);
    let told: Vec<bool> = pages.iter().enumerate().map(|(at, page)| is_told(page) && !is_garbled(at)).collect();
    let (want, wanted) = if told.contains(&true) {
        // A page without words or pictures is an empty one.
        let is_wanted = |at: usize| {
            let page = &pages[at];
            !told[at] && (is_garbled(at) || !page.words.is_empty() || page.pictures.covered() >= SOME)
        };
        match numbers(&pages, is_wanted) {
            none if none.is_empty() => (Want::Missing, numbers_of_letterheads(&reading, &pages)),
            wanted => (if garbled.contains(&true) { Want::Garbled } else { Want::Pictures }, wanted),
        }
    } else {
        // Nothing is told of any page: their words may be drawn as shapes, so all are looked at.
        (if garbled.contains(&true) { Want::Garbled } else { Want::Pictures }, numbers(&pages, |_| true))
    };
    if wanted.is_empty() {
        return (reading, None);
    }
    let texts = told_words(pages, &told);
    let scan = Scan { reading: reading.clone(), want, pages: wanted, texts };
    (reading, Some(scan))
}

fn numbers(pages: &[PageWords], is_wanted: impl Fn(usize) -> bool) -> Vec<u32> {
    (1..).zip(0..pages.len()).filter(|(_, at)| is_wanted(*at)).map(|(number, _)| number).collect()
}

/// The pages whose pictures may show who sends the invoice, or what it comes to: the first and the last. OCR takes a
/// hundred times as long as reading the text, and most pictures on invoices are logos; so they are looked at only where the
/// text lacks what no invoice lacks.
fn numbers_of_letterheads(reading: &Reading, pages: &[PageWords]) -> Vec<u32> {
    let is_missing = |field: &Field| !reading.fields.contains_key(field);
    if ![Field::SupplierName, Field::GrossTotal].iter().any(is_missing) {
        return Vec::new();
    }
    let last = pages.len().saturating_sub(1);
    numbers(pages, |at| (at == 0 || at == last) && pages[at].pictures.covered() >= LETTERHEAD)
}

/// The words of the pages that tell theirs.
fn told_words(pages: Vec<PageWords>, told: &[bool]) -> Vec<Option<PageWords>> {
    let mut left = MAX_WORDS;
    let words = pages.into_iter().zip(told).map(|(mut page, told)| {
        page.words.truncate(left);
        left -= if *told { page.words.len() } else { 0 };
        told.then_some(page)
    });
    words.collect()
}

/// The page with what OCR found in its pictures beside what its text layer tells.
pub(super) fn with_pictures(mut text: PageWords, found: Vec<Word>) -> PageWords {
    let middle = |word: &Word| (word.x + word.w / 2.0, word.y + word.h / 2.0);
    let is_in = |(x, y): (f32, f32), word: &Word| {
        (word.x..=word.x + word.w).contains(&x) && (word.y..=word.y + word.h).contains(&y)
    };
    let told = text.words.len();
    for word in found {
        let (x, y) = middle(&word);
        let is_told = || text.words[..told].iter().any(|other| is_in((x, y), other) || is_in(middle(other), &word));
        if text.pictures.holds(x, y) && !is_told() {
            text.words.push(word);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{adapters::readers::pdf::Pictures, domain::reading::PageSize};

    fn word(text: &str, x: f32, y: f32, confidence: f32) -> Word {
        let w = 0.01 * text.chars().count() as f32;
        Word { text: text.to_owned(), x, y, w, h: 0.012, font_size: 10.0, bold: false, confidence }
    }

    /// Lines of text, and a picture over some share of the page from its top.
    fn page(lines: &[&str], picture: f64) -> PageWords {
        let mut words = Vec::new();
        for (row, line) in (0u8..).zip(lines) {
            let mut x = 0.05;
            for text in line.split(' ') {
                words.push(word(text, x, 0.05 + 0.02 * f32::from(row), 1.0));
                x += 0.01 * text.chars().count() as f32 + 0.005;
            }
        }
        let mut pictures = Pictures::default();
        if picture > 0.0 {
            pictures.add_share(picture);
        }
        PageWords { pictures, ..PageWords::of_text(PageSize { width: 595.0, height: 842.0 }, words) }
    }

    const INVOICE: &[&str] = &[
        "Verkäufer: Muster GmbH",
        "Hauptstrasse 1",
        "80331 München",
        "Rechnung Nr. R-17 vom 01.02.2026",
        "Wir berechnen Ihnen wie besprochen unsere",
        "Leistung im Januar nach dem Vertrag",
        "Nettobetrag 100,00 EUR",
        "MwSt 19% 19,00 EUR",
        "Gesamtbetrag 119,00 EUR",
    ];

    /// Why, and which pages.
    fn wanted(pages: &[PageWords]) -> Option<(Want, Vec<u32>)> {
        read(pages.to_vec()).1.map(|scan| (scan.want, scan.pages))
    }

    #[test]
    fn pages_are_told_apart_one_by_one() {
        let (text, scan, blank) = (page(INVOICE, 0.0), page(&[], 1.0), page(&[], 0.0));
        let stamped = page(&["Scanned by Example 4.2"], 1.0);
        assert_eq!(wanted(&[text.clone(), blank.clone()]), None);
        assert_eq!(wanted(&[text.clone(), scan.clone(), blank.clone()]), Some((Want::Pictures, vec![2])));
        assert_eq!(wanted(&[stamped.clone(), text.clone()]), Some((Want::Pictures, vec![1])));
        assert_eq!(wanted(&[stamped, scan.clone()]), Some((Want::Pictures, vec![1, 2])));
        // Where nothing tells a word, letters may be drawn as shapes.
        assert_eq!(wanted(&[scan, blank]), Some((Want::Pictures, vec![1, 2])));
        // A coloured background is a picture, too.
        assert_eq!(wanted(&[page(INVOICE, 1.0)]), None);
    }

    #[test]
    fn pictures_beside_text_are_read_when_something_is_missing() {
        let nameless = page(&INVOICE[3..], 0.1);
        assert_eq!(wanted(std::slice::from_ref(&nameless)), Some((Want::Missing, vec![1])));
        assert_eq!(wanted(&[page(INVOICE, 0.1)]), None);
        assert_eq!(wanted(&[page(&INVOICE[3..], 0.0)]), None);
        let (_, scan) = read(vec![nameless]);
        let found = [word("Muster", 0.8, 0.02, 0.9), word("R-17", 0.18, 0.051, 0.9), word("below", 0.3, 0.9, 0.9)];
        let text = scan.expect("a scan").texts[0].clone().expect("its text");
        let both = with_pictures(text.clone(), found.to_vec());
        let added: Vec<&str> = both.words[text.words.len()..].iter().map(|word| word.text.as_str()).collect();
        // The number is told already, and the third stands in no picture.
        assert_eq!(added, ["Muster"]);
    }
}
