//! From a label to its value: right of it in the same cell, in the next cell of the row, or below it.

use super::labels::{Found, Label};
use super::locale::Locale;
use super::sheet::Sheet;
use super::values::Values;
use std::ops::Range;

/// What the parts of the reader share.
pub(super) struct Context<'a> {
    pub sheet: &'a Sheet,
    pub found: &'a [Found],
    pub values: &'a Values,
    pub locale: &'a Locale,
    /// The label that begins at a word, if one does.
    label_at: Vec<u32>,
    /// Rows that belong to the table of items; totals are not looked for there.
    pub in_table: Vec<bool>,
}

/// A value near its label. `quality` is 1 beside it and less the farther it stands.
#[derive(Clone, Debug)]
pub(super) struct Near<T> {
    pub value: T,
    pub words: Range<usize>,
    pub quality: f32,
}

const NONE: u32 = u32::MAX;
/// Words between a label and its value that are stepped over: "Invoice No. is: 12".
const MAX_SKIPPED: usize = 4;
/// Rows below a label that are looked at, and how far down, in heights of the label's row.
const ROWS_BELOW: usize = 4;
const REACH_BELOW: f32 = 4.2;

impl<'a> Context<'a> {
    pub fn new(sheet: &'a Sheet, found: &'a [Found], values: &'a Values, locale: &'a Locale) -> Self {
        let mut label_at = vec![NONE; sheet.words.len()];
        for (index, label) in found.iter().enumerate() {
            // The first of a word counts: in "VAT/Tax" that is "VAT".
            let slot = &mut label_at[label.words.start];
            *slot = (*slot).min(index as u32);
        }
        Context { sheet, found, values, locale, label_at, in_table: vec![false; sheet.rows.len()] }
    }

    pub fn label_at(&self, word: usize) -> Option<&'a Found> {
        self.found.get(*self.label_at.get(word)? as usize)
    }

    /// The labels that begin in the words.
    pub fn labels_in(&self, words: Range<usize>) -> impl Iterator<Item = &'a Found> {
        let begin = self.found.partition_point(|label| label.words.start < words.start);
        self.found[begin..].iter().take_while(move |label| label.words.start < words.end)
    }

    pub fn labelled(&self, label: Label) -> impl Iterator<Item = &'a Found> {
        self.found.iter().filter(move |found| found.label == label)
    }

    /// The values that `read` finds beside and below a label, the better first.
    pub fn near<T>(&self, label: &Found, read: impl Fn(usize) -> Option<(T, Range<usize>)>) -> Vec<Near<T>> {
        self.beside(label, &read).into_iter().chain(self.below(label, &read)).collect()
    }

    /// The first value in the row behind the label, before the next label.
    pub fn beside<T>(&self, label: &Found, read: impl Fn(usize) -> Option<(T, Range<usize>)>) -> Option<Near<T>> {
        let row = &self.sheet.rows[self.sheet.cells[label.cell].row];
        let mut skipped = 0;
        for word in label.words.end..row.words.end {
            if self.label_at(word).is_some_and(|other| other.weight >= 5) {
                return None;
            }
            if let Some((value, words)) = read(word) {
                let same_cell = self.sheet.words[word].cell == label.cell;
                let quality = if same_cell { 1.0 } else { 0.97 } - 0.04 * skipped as f32;
                return Some(Near { value, words, quality });
            }
            // Colons and "no." do not count.
            if self.sheet.words[word].text.chars().filter(|c| c.is_alphanumeric()).count() > 2 {
                skipped += 1;
            }
            if skipped > MAX_SKIPPED {
                return None;
            }
        }
        None
    }

    /// The first value below the label, in the column that it heads.
    pub fn below<T>(&self, label: &Found, read: impl Fn(usize) -> Option<(T, Range<usize>)>) -> Option<Near<T>> {
        let sheet = self.sheet;
        let row_index = sheet.cells[label.cell].row;
        let row = &sheet.rows[row_index];
        let (x0, x1) = self.column(label);
        let reach = row.y1 + REACH_BELOW * sheet.row_height(row_index);
        let mut missed = 0;
        for below in sheet.rows.iter().skip(row_index + 1).take(ROWS_BELOW) {
            if below.page != row.page || below.y0 > reach {
                return None;
            }
            let mut is_crossed = false;
            for word in below.words.clone() {
                let placed = &sheet.words[word];
                if placed.x1 < x0 || placed.x0 > x1 {
                    continue;
                }
                is_crossed = true;
                if self.label_at(word).is_some_and(|other| other.weight >= 7) {
                    return None;
                }
                if let Some((value, words)) = read(word) {
                    return Some(Near { value, words, quality: 0.9 - 0.15 * missed as f32 });
                }
            }
            missed += usize::from(is_crossed);
            if missed > 2 {
                return None;
            }
        }
        None
    }

    /// How far the column under a label reaches: the label's own width, and to the right until the next cell.
    fn column(&self, label: &Found) -> (f32, f32) {
        let sheet = self.sheet;
        let own = &sheet.words[label.words.clone()];
        let x0 = own.iter().map(|w| w.x0).fold(f32::MAX, f32::min);
        let x1 = own.iter().map(|w| w.x1).fold(f32::MIN, f32::max);
        let row = &sheet.rows[sheet.cells[label.cell].row];
        let next = (label.words.end..row.words.end).next().map(|word| sheet.words[word].x0);
        let width = x1 - x0;
        let reach = x1 + width.max(40.0);
        (x0 - 3.0, next.map_or(reach, |next| reach.min((next - 3.0).max(x1))))
    }

    /// The words of a row that follow a word, up to the row's end.
    pub fn rest_of_row(&self, word: usize) -> Range<usize> {
        word..self.sheet.rows[self.sheet.words[word].row].words.end
    }

    pub fn is_first_in_cell(&self, label: &Found) -> bool {
        self.sheet.cells[label.cell].tokens.start == label.tokens.start
    }

    /// How far down the document a word stands, 0 to 1 over its page.
    pub fn height_of(&self, word: usize) -> f32 {
        let page = self.sheet.page_of_word(word);
        self.sheet.words[word].y0 / self.sheet.pages[page].height.max(1.0)
    }
}
