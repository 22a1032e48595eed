//! The document as rows and cells: what stands side by side, and what stands together.

use super::mended;
use crate::adapters::readers::pdf::PageWords;
use crate::domain::reading::{PageBox, PageSize};
use std::ops::Range;

/// Words beyond this are not looked at: the rules below stay fast, and no invoice says anything new after them.
pub(super) const MAX_WORDS: usize = 40_000;
/// A gap wider than this share of the font size ends a cell.
const CELL_GAP: f32 = 0.95;
/// OCR draws boxes around the ink: gaps are wider by what letters keep free at their sides.
const TIGHT_BOXES: f32 = 0.12;

/// A word, in points from the top left of its page.
pub(super) struct Word {
    pub text: String,
    pub x0: f32,
    pub x1: f32,
    pub y0: f32,
    pub y1: f32,
    pub size: f32,
    pub bold: bool,
    /// 0 to 1: how sure it is that this is the word.
    pub confidence: f32,
    /// Whether OCR read it.
    pub scanned: bool,
    pub row: usize,
    pub cell: usize,
}

/// Words on one line of the page, left to right. Their words and cells are consecutive.
pub(super) struct Row {
    pub page: usize,
    pub words: Range<usize>,
    pub cells: Range<usize>,
    pub y0: f32,
    pub y1: f32,
}

/// Words of a row with no wide gap between them.
pub(super) struct Cell {
    pub row: usize,
    pub words: Range<usize>,
    pub tokens: Range<usize>,
    pub x0: f32,
    pub x1: f32,
}

/// A word's letters and digits as labels are compared: lower case, no accents, cut where other signs stand.
pub(super) struct Token {
    pub text: String,
    pub word: usize,
}

pub(super) struct Sheet {
    pub pages: Vec<PageSize>,
    pub words: Vec<Word>,
    pub rows: Vec<Row>,
    pub cells: Vec<Cell>,
    pub tokens: Vec<Token>,
    /// Whether OCR read most of the words.
    pub scanned: bool,
    /// Whether it read any.
    pub has_scans: bool,
}

impl Sheet {
    pub fn new(pages: &[PageWords]) -> Sheet {
        let mut sheet = Sheet {
            pages: pages.iter().map(|page| page.size).collect(),
            words: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            tokens: Vec::new(),
            scanned: false,
            has_scans: false,
        };
        for (number, page) in pages.iter().enumerate() {
            let left = MAX_WORDS.saturating_sub(sheet.words.len());
            for row in rows_of(page, left) {
                sheet.push_row(number, row);
            }
        }
        sheet.has_scans = sheet.words.iter().any(|word| word.scanned);
        sheet.scanned = sheet.is_scanned(0..sheet.words.len());
        sheet
    }

    fn push_row(&mut self, page: usize, words: Vec<Word>) {
        let row = self.rows.len();
        let (first_word, first_cell) = (self.words.len(), self.cells.len());
        let y0 = words.iter().map(|w| w.y0).fold(f32::MAX, f32::min);
        let y1 = words.iter().map(|w| w.y1).fold(f32::MIN, f32::max);
        let mut begin = first_word;
        let mut end_x = f32::MIN;
        for mut word in words {
            let index = self.words.len();
            let joint =
                if index > begin { joint_of(&self.words[index - 1].text).max(joint_of(&word.text)) } else { CELL_GAP };
            let loose = if word.scanned { TIGHT_BOXES } else { 0.0 };
            if index > begin && word.x0 - end_x > (joint + loose) * word.size.min(14.0) {
                self.push_cell(row, begin..index);
                begin = index;
            }
            end_x = if index == begin { word.x1 } else { end_x.max(word.x1) };
            word.row = row;
            word.cell = self.cells.len();
            self.words.push(word);
        }
        self.push_cell(row, begin..self.words.len());
        self.rows.push(Row { page, words: first_word..self.words.len(), cells: first_cell..self.cells.len(), y0, y1 });
    }

    fn push_cell(&mut self, row: usize, words: Range<usize>) {
        let first_token = self.tokens.len();
        for index in words.clone() {
            let first = self.tokens.len();
            push_tokens(&self.words[index].text, index, &mut self.tokens);
            if self.words[index].scanned {
                self.mend_tokens(first);
            }
        }
        let x0 = self.words[words.clone()].iter().map(|w| w.x0).fold(f32::MAX, f32::min);
        let x1 = self.words[words.clone()].iter().map(|w| w.x1).fold(f32::MIN, f32::max);
        self.cells.push(Cell { row, words, tokens: first_token..self.tokens.len(), x0, x1 });
    }

    /// Puts the words of labels in the place of those that OCR made of them.
    fn mend_tokens(&mut self, first: usize) {
        for token in self.tokens.split_off(first) {
            match mended::mend(&token.text) {
                Some(parts) => self.tokens.extend(parts.into_iter().map(|text| Token { text, word: token.word })),
                None => self.tokens.push(token),
            }
        }
    }

    /// The words as one text, a space between each two.
    pub fn text(&self, words: Range<usize>) -> String {
        let mut text = String::new();
        for word in &self.words[words] {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word.text);
        }
        text
    }

    /// Whether OCR read most of the words.
    pub fn is_scanned(&self, words: Range<usize>) -> bool {
        let words = self.words.get(words).unwrap_or_default();
        2 * words.iter().filter(|word| word.scanned).count() > words.len()
    }

    /// How sure the words are on average.
    pub fn confidence(&self, words: &Range<usize>) -> f32 {
        let words = self.words.get(words.clone()).unwrap_or_default();
        words.iter().map(|word| word.confidence).sum::<f32>() / words.len().max(1) as f32
    }

    pub fn cell_text(&self, cell: usize) -> String {
        self.text(self.cells[cell].words.clone())
    }

    pub fn page_of_word(&self, word: usize) -> usize {
        self.rows[self.words[word].row].page
    }

    pub fn page_of_cell(&self, cell: usize) -> usize {
        self.rows[self.cells[cell].row].page
    }

    /// How tall a row is, in points; never zero.
    pub fn row_height(&self, row: usize) -> f32 {
        (self.rows[row].y1 - self.rows[row].y0).max(1.0)
    }

    /// The smallest box around the words, which stand on one page.
    pub fn place(&self, words: Range<usize>) -> Option<PageBox> {
        let first = words.start;
        let words = self.words.get(words)?;
        let page = self.rows[self.words.get(first)?.row].page;
        let size = self.pages[page];
        let x0 = words.iter().map(|w| w.x0).fold(f32::MAX, f32::min) / size.width;
        let y0 = words.iter().map(|w| w.y0).fold(f32::MAX, f32::min) / size.height;
        let x1 = words.iter().map(|w| w.x1).fold(f32::MIN, f32::max) / size.width;
        let y1 = words.iter().map(|w| w.y1).fold(f32::MIN, f32::max) / size.height;
        let (x, y) = (x0.clamp(0.0, 1.0), y0.clamp(0.0, 1.0));
        Some(PageBox { page: page as u32 + 1, x, y, w: (x1 - x).clamp(0.0, 1.0 - x), h: (y1 - y).clamp(0.0, 1.0 - y) })
    }
}

/// How wide a gap beside a word may be inside of a cell: wider beside signs that only part what belongs together.
fn joint_of(text: &str) -> f32 {
    match text {
        "\u{2022}" | "\u{b7}" | "\u{25cf}" | "\u{2219}" | "\u{25aa}" => 3.0,
        "|" => 1.4,
        _ => CELL_GAP,
    }
}

/// The page's words in rows from top to bottom, each from left to right.
fn rows_of(page: &PageWords, limit: usize) -> Vec<Vec<Word>> {
    let (width, height) = (page.size.width, page.size.height);
    let mut words: Vec<Word> = page
        .words
        .iter()
        .filter(|word| is_readable(word, width, height))
        .flat_map(|word| parts_of(word, page.scanned, width, height))
        .take(limit)
        .collect();
    let middle = |word: &Word| (word.y0 + word.y1) / 2.0;
    words.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
    let mut rows: Vec<Vec<Word>> = Vec::new();
    let mut line = f32::MIN;
    let mut tallest = 0.0f32;
    for word in words {
        let tall = word.y1 - word.y0;
        // A word belongs to the row when its middle is close to that of the row's first words.
        let is_same = rows.last().is_some_and(|_| middle(&word) - line < 0.35 * tallest.min(tall).max(1.0));
        match rows.last_mut() {
            Some(row) if is_same => {
                row.push(word);
                tallest = tallest.max(tall);
            }
            _ => {
                line = middle(&word);
                tallest = tall;
                rows.push(vec![word]);
            }
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    }
    rows
}

/// The word in points; in two where label and value are written without a space: `No.:12`, `#12`.
fn parts_of(word: &crate::adapters::readers::pdf::Word, scanned: bool, width: f32, height: f32) -> Vec<Word> {
    let (x0, x1) = (word.x * width, (word.x + word.w) * width);
    let part = |text: &str, x0: f32, x1: f32| Word {
        text: text.to_owned(),
        x0,
        x1,
        y0: word.y * height,
        y1: (word.y + word.h) * height,
        size: if word.font_size.is_finite() { word.font_size.clamp(1.0, 200.0) } else { 10.0 },
        bold: word.bold,
        confidence: if word.confidence.is_finite() { word.confidence.clamp(0.0, 1.0) } else { 0.0 },
        // Text layers are sure of their words; OCR, of those in a picture beside a text, never is.
        scanned: scanned || word.confidence < 1.0,
        row: 0,
        cell: 0,
    };
    match glued_at(&word.text) {
        Some(at) => {
            let (label, value) = word.text.split_at(at);
            let share = label.chars().count() as f32 / word.text.chars().count().max(1) as f32;
            let cut = x0 + (x1 - x0) * share;
            vec![part(label, x0, cut), part(value, cut, x1)]
        }
        None => vec![part(&word.text, x0, x1)],
    }
}

/// Where the value begins in a word that is a label and its value.
fn glued_at(text: &str) -> Option<usize> {
    if text.len() > 1 && text.starts_with('#') {
        return Some(1);
    }
    let at = text.find(':')?;
    let (label, value) = (&text[..at], &text[at + 1..]);
    let is_label = label.chars().any(char::is_alphabetic) && !label.bytes().any(|b| b.is_ascii_digit());
    (is_label && !value.is_empty() && !value.starts_with(['/', ':'])).then_some(at + 1)
}

/// Not what is written sideways along the margin, and not what has no finite place.
fn is_readable(word: &crate::adapters::readers::pdf::Word, width: f32, height: f32) -> bool {
    let places = [word.x, word.y, word.w, word.h];
    if word.text.is_empty() || places.iter().any(|value| !value.is_finite()) {
        return false;
    }
    let (w, h) = (word.w * width, word.h * height);
    w > 0.0 && h > 0.0 && (h < 2.5 * w || word.text.chars().count() < 3)
}

fn push_tokens(text: &str, word: usize, tokens: &mut Vec<Token>) {
    let mut token = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() {
            fold_into(c, &mut token);
        } else if c == '#' {
            end_token(&mut token, word, tokens);
            tokens.push(Token { text: "#".to_owned(), word });
        } else if c == '%' {
            end_token(&mut token, word, tokens);
            tokens.push(Token { text: "%".to_owned(), word });
        } else if !matches!(c, '\'' | '\u{2019}') {
            end_token(&mut token, word, tokens);
        }
    }
    end_token(&mut token, word, tokens);
}

fn end_token(token: &mut String, word: usize, tokens: &mut Vec<Token>) {
    if !token.is_empty() {
        tokens.push(Token { text: std::mem::take(token), word });
    }
}

/// Lower case without accents: `É` is `e`, `ß` is `ss`, `º` is `o`.
pub(super) fn fold_into(c: char, text: &mut String) {
    for c in c.to_lowercase() {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ª' => text.push('a'),
            'ç' => text.push('c'),
            'è' | 'é' | 'ê' | 'ë' => text.push('e'),
            'ì' | 'í' | 'î' | 'ï' => text.push('i'),
            'ñ' => text.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'º' | '°' => text.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => text.push('u'),
            'ý' | 'ÿ' => text.push('y'),
            'ß' => text.push_str("ss"),
            'œ' => text.push_str("oe"),
            'æ' => text.push_str("ae"),
            '\u{300}'..='\u{36f}' => {}
            c => text.push(c),
        }
    }
}

/// A whole text folded as [`fold_into`] does, everything but letters and digits as single spaces.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            fold_into(c, &mut folded);
        } else if !matches!(c, '\'' | '\u{2019}') && !folded.ends_with(' ') && !folded.is_empty() {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}
