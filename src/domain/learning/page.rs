//! The words of pages, row by row, as labels and values are looked for among them.

use super::{PageAt, spelling::letters_of};
use crate::domain::reading::{PageBox, PageWord};
use std::ops::Range;

/// Words of a page beyond this are not looked at.
const MAX_WORDS: usize = 5_000;
/// The largest gap between two words of one cell, in heights of a word.
const CELL_GAP: f32 = 1.0;

/// Those pages of a document whose words are known.
#[derive(Clone, Debug)]
pub struct Pages {
    count: u32,
    pages: Vec<Page>,
}

#[derive(Clone, Debug)]
pub(super) struct Page {
    /// From 1.
    pub number: u32,
    /// Row by row, left to right.
    pub words: Vec<Word>,
}

#[derive(Clone, Debug)]
pub(super) struct Word {
    pub text: String,
    /// Letters and digits, in lower case.
    pub letters: String,
    pub place: PageBox,
    pub row: usize,
}

impl Word {
    pub fn right(&self) -> f32 {
        self.place.x + self.place.w
    }

    pub fn middle(&self) -> f32 {
        self.place.y + self.place.h / 2.0
    }

    pub fn has_digit(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }

    /// Whether it may be part of a label: a word, and no number or currency, which change.
    pub fn may_label(&self) -> bool {
        !self.has_digit() && self.letters.chars().nth(1).is_some() && !super::spelling::is_currency(&self.text)
    }
}

impl Pages {
    /// `count`: the pages of the document. `words`: those known, with their places.
    pub fn new(count: u32, words: Vec<PageWord>) -> Pages {
        let mut pages: Vec<(u32, Vec<PageWord>)> = Vec::new();
        for word in words {
            match pages.iter_mut().find(|(number, _)| *number == word.place.page) {
                Some((_, words)) => words.push(word),
                None => pages.push((word.place.page, vec![word])),
            }
        }
        pages.sort_by_key(|(number, _)| *number);
        Pages { count, pages: pages.into_iter().map(|(number, words)| Page::new(number, words)).collect() }
    }

    pub(super) fn all(&self) -> &[Page] {
        &self.pages
    }

    /// The page first, the others after it: what stood on the only page may stand on the second of two.
    pub(super) fn from(&self, at: PageAt) -> impl Iterator<Item = &Page> {
        let number = match at {
            PageAt::FromStart(pages) => 1 + pages,
            PageAt::FromEnd(pages) => self.count.saturating_sub(pages),
        };
        let first = self.pages.iter().filter(move |page| page.number == number);
        first.chain(self.pages.iter().filter(move |page| page.number != number))
    }

    /// How a page is found on the next document: totals stand on the last page, all else is counted from the first.
    pub(super) fn page_at(&self, number: u32, of_totals: bool) -> PageAt {
        match of_totals {
            true => PageAt::FromEnd(self.count.saturating_sub(number)),
            false => PageAt::FromStart(number.saturating_sub(1)),
        }
    }
}

impl Page {
    fn new(number: u32, words: Vec<PageWord>) -> Page {
        let mut words: Vec<PageWord> = words.into_iter().take(MAX_WORDS).flat_map(split_label).collect();
        let middle = |word: &PageWord| word.place.y + word.place.h / 2.0;
        words.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
        // A word whose middle is beneath the foot of the row's first word begins the next row.
        let mut rows: Vec<Vec<PageWord>> = Vec::new();
        for word in words {
            let is_of = |row: &Vec<PageWord>| row.first().is_some_and(|first| is_beside(first, middle(&word)));
            match rows.last_mut() {
                Some(row) if is_of(row) => row.push(word),
                _ => rows.push(vec![word]),
            }
        }
        let mut all = Vec::new();
        for (row, mut words) in rows.into_iter().enumerate() {
            words.sort_by(|a, b| a.place.x.total_cmp(&b.place.x));
            let word = |PageWord { text, place }| Word { letters: letters_of(&text).collect(), text, place, row };
            all.extend(words.into_iter().map(word));
        }
        Page { number, words: all }
    }

    /// The words of the row that a word stands in.
    pub fn row(&self, row: usize) -> Range<usize> {
        let start = self.words.partition_point(|word| word.row < row);
        start..self.words.partition_point(|word| word.row <= row)
    }

    /// Whether two words that follow each other are of one cell: the gap between them is that of a space.
    pub fn is_joined(&self, first: usize, second: usize) -> bool {
        self.gap(first, second).is_some_and(|gap| gap <= CELL_GAP)
    }

    /// The gap between two words of one row, in heights of the first. Pages are higher than wide, and boxes are fractions
    /// of each side: the height is taken for the width of a page of paper.
    pub fn gap(&self, first: usize, second: usize) -> Option<f32> {
        let (first, second) = (self.words.get(first)?, self.words.get(second)?);
        let height = (first.place.h * PAPER).max(f32::EPSILON);
        (first.row == second.row).then(|| (second.place.x - first.right()) / height)
    }

    /// The text of some words.
    pub fn text(&self, words: Range<usize>) -> String {
        let words = self.words.get(words).unwrap_or_default();
        words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The smallest box around some words.
    pub fn around(&self, words: Range<usize>) -> Option<PageBox> {
        let words = self.words.get(words)?;
        words.iter().map(|word| word.place).reduce(PageBox::around)
    }
}

/// Height of a page of paper by its width.
const PAPER: f32 = 1.414;

fn is_beside(first: &PageWord, middle: f32) -> bool {
    middle < first.place.y + first.place.h * 0.9
}

/// `Order:4711` is a label and a value: both count as words, each with its share of the box.
fn split_label(word: PageWord) -> Vec<PageWord> {
    let cut = word.text.find(':').map(|at| at + 1);
    let Some((label, value)) = cut.and_then(|cut| word.text.split_at_checked(cut)) else { return vec![word] };
    let is_label = label.chars().next().is_some_and(char::is_alphabetic);
    if !is_label || value.is_empty() || value.starts_with('/') {
        return vec![word];
    }
    let share = label.chars().count() as f32 / word.text.chars().count() as f32;
    let PageBox { page, x, y, w, h } = word.place;
    let part = |text: &str, x, w| PageWord { text: text.to_owned(), place: PageBox { page, x, y, w, h } };
    vec![part(label, x, w * share), part(value, x + w * share, w * (1.0 - share))]
}
