//! From the words that tesseract gave to a reading, and its boxes back onto the page. Runs in the child.

use super::{ScannedPage, ScannedWord, repair};
use crate::{
    adapters::readers::{
        layout,
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

/// Reads the scanned pages of a document. The reading has the words of its pages.
pub(in crate::adapters::readers) fn read(pages: &[Option<ScannedPage>]) -> Reading {
    let flat: Vec<Vec<ScannedWord>> =
        pages.iter().map(|page| page.as_ref().map(|page| repair::words(&page.words)).unwrap_or_default()).collect();
    let sheets: Vec<PageWords> = pages.iter().zip(&flat).map(|(page, words)| sheet(page.as_ref(), words)).collect();
    let mut reading = layout::read(&sheets);
    reading.kind = DocumentKind::ScanImage;
    let place = |place: PageBox| {
        let at = (place.page as usize).checked_sub(1)?;
        Some(on_page(place, pages.get(at)?.as_ref()?, flat.get(at)?))
    };
    for value in reading.fields.values_mut() {
        value.place = value.place.and_then(place);
    }
    for line in &mut reading.lines {
        line.place = line.place.and_then(place);
        repair::lost_mark(line);
    }
    reading.words = page_words(pages);
    reading
}

/// The words of pages, for people who point at them.
pub(in crate::adapters::readers) fn page_words(pages: &[Option<ScannedPage>]) -> Vec<PageWord> {
    let mut all = Vec::new();
    for (number, page) in (1..).zip(pages) {
        for word in page.iter().flat_map(|page| &page.words) {
            let place = page.as_ref().map(|page| turned_back(word_box(word, page, number), page));
            all.extend(place.map(|place| PageWord { text: word.text.clone(), place }));
        }
    }
    all
}

/// The page as the layout's rules want it: words of a line stand level, sizes are points.
fn sheet(page: Option<&ScannedPage>, words: &[ScannedWord]) -> PageWords {
    let Some(page) = page else {
        return PageWords {
            size: PageSize { width: 1.0, height: 1.0 },
            words: Vec::new(),
            garbage: 0.0,
            scanned: true,
        };
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
    PageWords { size: PageSize { width: side(width), height: side(height) }, words, garbage: 0.0, scanned: true }
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
