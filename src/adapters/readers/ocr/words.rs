//! From the words that tesseract gave to a reading, and its boxes back onto the page. Runs in the child.

use super::{ScannedPage, ScannedWord, repair};
use crate::{
    adapters::readers::{
        layout,
        leaves::{self, Leaf},
        pdf::{PageWords, Word},
    },
    domain::reading::{DocumentKind, PageBox, PageSize, PageWord, Reading},
};

/// The layout's rules speak of points, and no picture says how large its page was: the usual line is taken to be
/// of this size.
const USUAL_SIZE: f32 = 9.5;
/// How far letters reach, as shares of the font size: the tall ones, the others, those below the baseline.
const TALL: f32 = 0.72;
const LOW: f32 = 0.5;
const BELOW: f32 = 0.21;
/// How far a line reaches above its baseline, as boxes of text layers do.
const ASCENT: f32 = 0.78;
/// Of a page, in points, whatever that comes to.
const SIDES: std::ops::RangeInclusive<f32> = 60.0..=4_000.0;

/// No word of OCR is beyond doubt, though tesseract may say so; beside those of a text layer that tells them apart.
const NEVER_SURE: f32 = 0.99;

/// Reads a document of which OCR has read pages. The reading has the words of all of its pages.
pub(in crate::adapters::readers) fn read(leaves: Vec<Leaf>) -> Reading {
    let kind = kind_of(&leaves);
    let flat: Vec<Vec<ScannedWord>> = leaves.iter().map(flat_words).collect();
    let (mut sheets, mut scanned) = (Vec::new(), Vec::new());
    for (leaf, words) in leaves.into_iter().zip(&flat) {
        let (sheet, page) = match leaf {
            Leaf { text: Some(text), scanned: Some(page) } => {
                (leaves::with_pictures(text, words_beside_text(&page)), None)
            }
            Leaf { text: Some(text), scanned: None } => (text, None),
            Leaf { text: None, scanned } => (sheet(scanned.as_ref(), words), scanned),
        };
        sheets.push(sheet);
        scanned.push(page);
    }
    let mut reading = layout::read(&sheets);
    reading.kind = kind;
    // On the sheet of a scan nothing stands where the page shows it; text stands there already.
    let scan_of = |place: PageBox| {
        let at = (place.page as usize).checked_sub(1)?;
        Some((scanned.get(at)?.as_ref()?, flat.get(at)?))
    };
    let place = |place: PageBox| scan_of(place).map_or(place, |(page, words)| on_page(place, page, words));
    for value in reading.fields.values_mut() {
        value.place = value.place.map(place);
    }
    for line in &mut reading.lines {
        if line.place.is_none_or(|place| scan_of(place).is_some()) {
            repair::lost_mark(line);
        }
        line.place = line.place.map(place);
    }
    reading.words = all_words(&sheets, &scanned);
    reading
}

/// What most words were read from.
fn kind_of(leaves: &[Leaf]) -> DocumentKind {
    let told: usize = leaves.iter().filter_map(|leaf| leaf.text.as_ref()).map(|text| text.words.len()).sum();
    let of_pictures = leaves.iter().filter(|leaf| leaf.text.is_none()).filter_map(|leaf| leaf.scanned.as_ref());
    let scanned: usize = of_pictures.map(|page| page.words.len()).sum();
    if told > scanned { DocumentKind::TextPdf } else { DocumentKind::ScanImage }
}

fn flat_words(leaf: &Leaf) -> Vec<ScannedWord> {
    let page = leaf.scanned.as_ref().filter(|_| leaf.text.is_none());
    page.map(|page| repair::words(&page.words)).unwrap_or_default()
}

/// The words of a scanned page as a text layer has them: where the page shows them.
fn words_beside_text(page: &ScannedPage) -> Vec<Word> {
    let words = page.words.iter().map(|word| {
        let PageBox { x, y, w, h, .. } = turned_back(word_box(word, page, 1), page);
        let confidence = word.confidence.min(NEVER_SURE);
        Word { text: word.text.clone(), x, y, w, h, font_size: USUAL_SIZE, bold: false, confidence }
    });
    words.collect()
}

fn all_words(sheets: &[PageWords], scanned: &[Option<ScannedPage>]) -> Vec<PageWord> {
    let mut all = Vec::new();
    for (number, (sheet, page)) in (1..).zip(sheets.iter().zip(scanned)) {
        match page {
            Some(page) => all.extend(words_of_page(page, number)),
            None => all.extend(sheet.words.iter().map(|word| PageWord {
                text: word.text.clone(),
                place: PageBox { page: number, x: word.x, y: word.y, w: word.w, h: word.h },
            })),
        }
    }
    all
}

/// The words of a scanned page, for people who point at them.
pub(in crate::adapters::readers) fn words_of_page(page: &ScannedPage, number: u32) -> impl Iterator<Item = PageWord> {
    page.words
        .iter()
        .map(move |word| PageWord { text: word.text.clone(), place: turned_back(word_box(word, page, number), page) })
}

/// The page as the layout's rules want it: words of a line stand level, sizes are points.
fn sheet(page: Option<&ScannedPage>, words: &[ScannedWord]) -> PageWords {
    let Some(page) = page else {
        let size = PageSize { width: 1.0, height: 1.0 };
        return PageWords { scanned: true, ..PageWords::of_text(size, Vec::new()) };
    };
    let (width, height) = (page.prepared.width as f32, page.prepared.height as f32);
    let lines = lines(words);
    let mut sizes: Vec<f32> =
        words.iter().filter_map(|word| lines.get(word.line as usize)?.map(|line| line.size)).collect();
    let usual = median(&mut sizes).unwrap_or(36.0).max(1.0);
    let points = USUAL_SIZE / usual;
    let side = |pixels: f32| (pixels * points).clamp(*SIDES.start(), *SIDES.end());
    let words = words.iter().map(|word| {
        let line = lines.get(word.line as usize).copied().flatten();
        let line = line.unwrap_or(Line { baseline: word.y1, size: (word.y1 - word.y0).max(1.0) });
        let (top, bottom) = ((line.baseline - ASCENT * line.size).max(0.0), line.baseline + BELOW * line.size);
        Word {
            text: word.text.clone(),
            x: word.x0 / width,
            y: top / height,
            w: (word.x1 - word.x0) / width,
            h: (bottom.min(height) - top).max(1.0) / height,
            font_size: line.size * points,
            bold: false,
            confidence: word.confidence,
        }
    });
    let words = words.collect();
    PageWords { scanned: true, ..PageWords::of_text(PageSize { width: side(width), height: side(height) }, words) }
}

/// Where a line of words stands: its baseline and its font size, in pixels.
#[derive(Clone, Copy)]
struct Line {
    baseline: f32,
    size: f32,
}

/// The lines of words, by their number.
fn lines(words: &[ScannedWord]) -> Vec<Option<Line>> {
    let count = words.iter().map(|word| word.line as usize + 1).max().unwrap_or(0);
    let mut members: Vec<Vec<Line>> = vec![Vec::new(); count];
    for word in words {
        // Words tell the line's height, single signs do not: a rule is taller, a dash is not as tall.
        let is_word = word.text.chars().filter(|c| c.is_alphanumeric()).count() >= 2;
        if let Some(members) = members.get_mut(word.line as usize).filter(|_| is_word) {
            members.push(line_of(word));
        }
    }
    let middle = |members: Vec<Line>| {
        let size = median(&mut members.iter().map(|line| line.size).collect::<Vec<_>>())?;
        let baseline = median(&mut members.iter().map(|line| line.baseline).collect::<Vec<_>>())?;
        Some(Line { baseline, size: size.max(1.0) })
    };
    members.into_iter().map(middle).collect()
}

/// What one word tells of its line. Boxes of OCR are drawn around the ink, so it matters which letters there are.
fn line_of(word: &ScannedWord) -> Line {
    let is_low = |c: char| matches!(c, 'a' | 'c' | 'e' | 'm'..='s' | 'u'..='z' | 'g' | '.' | ',' | '-' | ':' | ';');
    let is_below = |c: char| matches!(c, 'g' | 'j' | 'p' | 'q' | 'y' | 'Q' | '(' | ')' | '[' | ']' | '|' | '/');
    let above = if word.text.chars().all(is_low) { LOW } else { TALL };
    let below = if word.text.contains(is_below) { BELOW } else { 0.0 };
    let size = (word.y1 - word.y0) / (above + below);
    Line { baseline: word.y1 - below * size, size }
}

fn median(values: &mut [f32]) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied()
}

/// A box that the layout gave, drawn tight around the words in it and put where the page shows them.
fn on_page(place: PageBox, page: &ScannedPage, words: &[ScannedWord]) -> PageBox {
    let boxes = words.iter().map(|word| word_box(word, page, place.page)).filter(|word| {
        let (x, y) = (word.x + word.w / 2.0, word.y + word.h / 2.0);
        (place.x..=place.x + place.w).contains(&x) && (place.y..=place.y + place.h).contains(&y)
    });
    let tight = boxes.reduce(PageBox::around).unwrap_or(place);
    turned_back(tight, page)
}

fn word_box(word: &ScannedWord, page: &ScannedPage, number: u32) -> PageBox {
    let (width, height) = (page.prepared.width as f32, page.prepared.height as f32);
    PageBox {
        page: number,
        x: word.x0 / width,
        y: word.y0 / height,
        w: (word.x1 - word.x0) / width,
        h: (word.y1 - word.y0) / height,
    }
}

/// The smallest upright box around the place on the page as shown.
fn turned_back(place: PageBox, page: &ScannedPage) -> PageBox {
    let [a, b, c, d, e, f] = page.prepared.to_page;
    let corner = |x: f32, y: f32| ((a * x + b * y + c).clamp(0.0, 1.0), (d * x + e * y + f).clamp(0.0, 1.0));
    let (right, bottom) = (place.x + place.w, place.y + place.h);
    let corners = [corner(place.x, place.y), corner(right, place.y), corner(place.x, bottom), corner(right, bottom)];
    let least = corners.iter().fold((1.0f32, 1.0f32), |least, (x, y)| (least.0.min(*x), least.1.min(*y)));
    let most = corners.iter().fold((0.0f32, 0.0f32), |most, (x, y)| (most.0.max(*x), most.1.max(*y)));
    PageBox { page: place.page, x: least.0, y: least.1, w: most.0 - least.0, h: most.1 - least.1 }
}
