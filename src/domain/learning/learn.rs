//! Finds where a corrected value stands, and the words by which it is found again.

use super::{
    Hint, How, Misreading, PageAt, Relation, Spot, constant,
    page::{Page, Pages, Word},
    seek::{MAX_VALUE_WORDS, seek},
    spelling::{shape, style_of},
};
use crate::domain::{
    field::{Field, FieldGroup, FieldKind},
    reading::PageBox,
};
use std::ops::Range;

/// The most places of a value that are looked at: what stands in more means nothing in most of them.
const MOST_PLACES: usize = 50;
/// The most words of a label, those nearest to the value.
const LABEL_WORDS: usize = 5;
/// The most words between a label and its value.
const MOST_SKIPPED: usize = 4;
/// How far left of its value a label may stand, as a fraction of the page.
const FAR_LEFT: f32 = 0.6;
/// How far above.
const FAR_UP: f32 = 0.06;

/// A value that a person corrected.
#[derive(Clone, Debug)]
pub struct Lesson<'a> {
    pub field: Field,
    /// As the person left it, in the form we keep.
    pub value: &'a str,
    /// What was read; None: nothing.
    pub instead_of: Option<Misreading>,
    /// Where the value stands, if that is known. It may be where the wrong one stood.
    pub place: Option<PageBox>,
    /// Where other values stand.
    pub taken: &'a [PageBox],
}

/// What the correction teaches; None where the value does not stand on the pages, or has nothing beside it by which it
/// would be found.
pub fn learn(pages: &Pages, lesson: &Lesson<'_>) -> Option<Hint> {
    let Lesson { field, value, .. } = *lesson;
    if value.is_empty() || field.row().is_some() {
        return None;
    }
    let how = match constant::is_constant(field) {
        true => How::Constant(constant::kept(field, value)?),
        false => How::Words(spot(pages, lesson)?),
    };
    Some(Hint { field, instead_of: lesson.instead_of.clone(), how })
}

fn spot(pages: &Pages, lesson: &Lesson<'_>) -> Option<Spot> {
    let found = occurrences(pages, lesson);
    let by = |relation: Relation| found.iter().find_map(|found| found.spot(pages, lesson, relation));
    by(Relation::RightOf).or_else(|| by(Relation::Below)).or_else(|| {
        let [only] = found.as_slice() else { return None };
        only.spot(pages, lesson, Relation::AtPlace)
    })
}

/// Words that spell the value.
struct Occurrence<'p> {
    page: &'p Page,
    words: Range<usize>,
    place: PageBox,
    /// How surely it is meant: the person showed it, or no other value stands there.
    rank: u8,
}

/// Where the value stands; only those the person showed, if there are any, else those where no other value stands.
/// Of totals the last comes first, of all else the first.
fn occurrences<'p>(pages: &'p Pages, lesson: &Lesson<'_>) -> Vec<Occurrence<'p>> {
    let mut found: Vec<Occurrence<'p>> = pages.all().iter().flat_map(|page| on_page(page, lesson)).collect();
    let best = found.iter().map(|found| found.rank).max().unwrap_or(0);
    found.retain(|found| found.rank == best);
    if lesson.field.group() == FieldGroup::Totals {
        found.reverse();
    }
    found.truncate(MOST_PLACES);
    found
}

fn on_page<'p>(page: &'p Page, lesson: &Lesson<'_>) -> Vec<Occurrence<'p>> {
    let mut found: Vec<Occurrence<'p>> = Vec::new();
    for start in 0..page.words.len() {
        let Some(words) = spelled_at(page, start, lesson) else { continue };
        // The shortest words that spell it: without the currency before the amount.
        found.retain(|before| before.words.end != words.end);
        let Some(place) = page.around(words.clone()) else { continue };
        let rank = match lesson.place {
            Some(shown) if overlaps(shown, place) => 2,
            _ => u8::from(!lesson.taken.iter().any(|taken| overlaps(*taken, place))),
        };
        found.push(Occurrence { page, words, place, rank });
    }
    found
}

/// The fewest words from here on that spell the value.
fn spelled_at(page: &Page, start: usize, lesson: &Lesson<'_>) -> Option<Range<usize>> {
    let row = page.row(page.words.get(start)?.row);
    let ends = (start + 1..=row.end).take(MAX_VALUE_WORDS);
    ends.map(|end| start..end).find(|words| style_of(lesson.field, &page.text(words.clone()), lesson.value).is_some())
}

fn overlaps(one: PageBox, other: PageBox) -> bool {
    let meet = |a: f32, a_size: f32, b: f32, b_size: f32| a < b + b_size && b < a + a_size;
    one.page == other.page && meet(one.x, one.w, other.x, other.w) && meet(one.y, one.h, other.y, other.h)
}

impl Occurrence<'_> {
    /// The spot by which this very value is found again on this very page.
    fn spot(&self, pages: &Pages, lesson: &Lesson<'_>, relation: Relation) -> Option<Spot> {
        let (label, skipped) = match relation {
            Relation::RightOf => self.label_left()?,
            Relation::Below => (self.label_above()?, 0),
            Relation::AtPlace => (self.words.start..self.words.start, 0),
        };
        // Words alone, with nothing beside them, could be any words.
        if relation == Relation::AtPlace && lesson.field.kind() == FieldKind::Text {
            return None;
        }
        let raw = self.page.text(self.words.clone());
        let begins = label.start == 0 || !self.page.is_joined(label.start - 1, label.start);
        let words = self.page.words.get(label.clone())?;
        let shown = self.page.text(label.clone());
        let spot = Spot {
            label: words.iter().map(|word| word.letters.clone()).collect(),
            shown: shown.trim_end_matches([':', ' ']).to_owned(),
            begins,
            relation,
            skipped,
            page: self.page_at(pages, lesson.field),
            label_at: self.page.around(label).unwrap_or(self.place),
            value_at: self.place,
            style: style_of(lesson.field, &raw, lesson.value)?,
            shape: shape(&raw),
        };
        let again = seek(pages, lesson.field, &spot)?;
        let is_same = style_of(lesson.field, &again.value, lesson.value).is_some() || again.value == lesson.value;
        (is_same && overlaps(again.place, self.place)).then_some(spot)
    }

    fn page_at(&self, pages: &Pages, field: Field) -> PageAt {
        pages.page_at(self.page.number, field.group() == FieldGroup::Totals)
    }

    /// The words left of it in its row, and how many others stand between.
    fn label_left(&self) -> Option<(Range<usize>, usize)> {
        let row = self.page.row(self.page.words.get(self.words.start)?.row);
        let before: Vec<usize> = (row.start..self.words.start).rev().collect();
        let may_label = |at: &usize| self.page.words.get(*at).is_some_and(Word::may_label);
        let nearest = before.iter().position(may_label)?;
        let end = *before.get(nearest)?;
        let is_word = |at: &&usize| self.page.words.get(**at).is_some_and(|word| !word.letters.is_empty());
        let skipped = before.get(..nearest)?.iter().filter(is_word).count();
        let far = self.place.x - self.page.words.get(end)?.right();
        (skipped <= MOST_SKIPPED && far <= FAR_LEFT).then(|| (self.grown(end, row.start), skipped))
    }

    /// A word with those before it that belong to it.
    fn grown(&self, end: usize, row_start: usize) -> Range<usize> {
        let mut start = end;
        while start > row_start
            && end + 1 - start < LABEL_WORDS
            && self.page.is_joined(start - 1, start)
            && self.page.words.get(start - 1).is_some_and(Word::may_label)
        {
            start -= 1;
        }
        start..end + 1
    }

    /// The words in the nearest row above that has any over the value.
    fn label_above(&self) -> Option<Range<usize>> {
        let is_over = |word: &&Word| {
            word.place.x < self.place.x + self.place.w && self.place.x < word.right() && word.middle() < self.place.y
        };
        let nearest = self.page.words.iter().filter(is_over).max_by(|a, b| a.middle().total_cmp(&b.middle()))?;
        if !nearest.may_label() || self.place.y - nearest.middle() > FAR_UP {
            return None;
        }
        let row = self.page.row(nearest.row);
        let is_label = |at: &usize| self.page.words.get(*at).is_some_and(|word| is_over(&word) && word.may_label());
        let mut end = row.clone().find(is_label)?;
        let start = self.grown(end, row.start).start;
        while end + 1 < row.end && end + 1 - start < LABEL_WORDS && self.page.is_joined(end, end + 1) {
            if !self.page.words.get(end + 1).is_some_and(Word::may_label) {
                break;
            }
            end += 1;
        }
        Some(start..end + 1)
    }
}
