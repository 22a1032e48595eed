//! Reads a value where a hint says that it stands.

use super::{
    Relation, Spot,
    page::{Page, Pages, Word},
    spelling::{read, shape},
};
use crate::domain::{
    field::{Field, FieldKind},
    reading::PageBox,
};
use std::ops::Range;

/// The most words of one value: an IBAN in groups of four has up to nine.
pub(super) const MAX_VALUE_WORDS: usize = 10;
/// A label that stands in more places of a page than these names nothing there.
const MOST_LABELS: usize = 50;
/// More words than these at one height are no rows of an invoice: nothing is read there.
const MOST_IN_ROWS: usize = 200;
/// How far to the side a label or a value may stand from where it stood, as a fraction of the page.
const ASIDE: f32 = 0.02;
/// How far up or down a label may stand from where it stood if it is so short.
const NEAR: f32 = 0.05;
const WEAK_LETTERS: usize = 4;
/// How far up or down a value may stand from where it stood below its label.
const OFF_ROW: f32 = 0.012;
/// How far up or down a value without a label may stand from where it stood.
const MOVED: f32 = 0.01;

/// A value and the words it stands in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sought {
    pub value: String,
    pub raw: String,
    pub place: PageBox,
    /// How far its label stands from where it stood: aside, and up or down.
    off: (f32, f32),
}

/// The value at the spot; None where the label is not there, where no value of this kind stands beside it, or where the
/// label stands in several places with several values and none of them is where it was.
pub(super) fn seek(pages: &Pages, field: Field, spot: &Spot) -> Option<Sought> {
    pages.from(spot.page).find_map(|page| {
        let found = match spot.relation {
            Relation::AtPlace => at_place(page, field, spot),
            _ => labels(page, spot).into_iter().filter_map(|label| beside(page, field, spot, label)).collect(),
        };
        only_one(found)
    })
}

/// The one value, or of several the one whose label stands where it stood.
fn only_one(mut found: Vec<Sought>) -> Option<Sought> {
    found.sort_by(|a, b| (a.off.0 + a.off.1).total_cmp(&(b.off.0 + b.off.1)));
    let are_same = |found: &[Sought]| found.iter().all(|other| other.value == found[0].value);
    if found.is_empty() {
        return None;
    }
    if !are_same(&found) {
        found.retain(|sought| sought.off.0 <= ASIDE);
    }
    if !found.is_empty() && !are_same(&found) {
        found.retain(|sought| sought.off.1 <= ASIDE);
    }
    (!found.is_empty() && are_same(&found)).then(|| found.swap_remove(0))
}

/// Where the label's words stand, one after the other; nowhere if they stand in too many places.
fn labels(page: &Page, spot: &Spot) -> Vec<Range<usize>> {
    if spot.label.is_empty() {
        return Vec::new();
    }
    let is_label = |start: usize| {
        let words = page.words.get(start..start + spot.label.len());
        let are_same = |words: &[Word]| {
            words.iter().zip(&spot.label).all(|(word, label)| word.letters == *label)
                && words.iter().all(|word| word.row == words[0].row)
        };
        words.is_some_and(are_same)
    };
    let begins = |start: usize| start == 0 || !page.is_joined(start - 1, start);
    let starts = (0..page.words.len()).filter(|start| is_label(*start) && (!spot.begins || begins(*start)));
    let found: Vec<Range<usize>> = starts.map(|start| start..start + spot.label.len()).take(MOST_LABELS + 1).collect();
    if found.len() > MOST_LABELS { Vec::new() } else { found }
}

fn beside(page: &Page, field: Field, spot: &Spot, label: Range<usize>) -> Option<Sought> {
    let label_box = page.around(label.clone())?;
    let off = ((label_box.x - spot.label_at.x).abs(), (label_box.y - spot.label_at.y).abs());
    if is_weak(spot) && (off.0 > ASIDE || off.1 > NEAR) {
        return None;
    }
    let words = match spot.relation {
        Relation::RightOf => right_of(page, field, spot, label.end),
        _ => below(page, field, spot, label_box),
    }?;
    sought(page, field, spot, words, off)
}

/// Labels as short as `Nr.` stand beside many values.
fn is_weak(spot: &Spot) -> bool {
    spot.label.iter().map(|word| word.chars().count()).sum::<usize>() < WEAK_LETTERS
}

fn sought(page: &Page, field: Field, spot: &Spot, words: Range<usize>, off: (f32, f32)) -> Option<Sought> {
    let raw = page.text(words.clone());
    Some(Sought { value: read(field, &raw, spot.style)?, raw, place: page.around(words)?, off })
}

/// The value behind the words that stood between: in the same row, right of the label.
fn right_of(page: &Page, field: Field, spot: &Spot, label_end: usize) -> Option<Range<usize>> {
    let row = page.row(page.words.get(label_end.checked_sub(1)?)?.row);
    let mut after = (label_end..row.end).filter(|at| page.words.get(*at).is_some_and(|word| !word.letters.is_empty()));
    run(page, field, spot, after.nth(spot.skipped)?)
}

/// The value as far below the label, and as far to the side, as it stood.
fn below(page: &Page, field: Field, spot: &Spot, label: PageBox) -> Option<Range<usize>> {
    let target = PageBox {
        x: label.x + spot.value_at.x - spot.label_at.x,
        y: label.y + spot.value_at.y - spot.label_at.y,
        ..spot.value_at
    };
    near(page, field, spot, target, OFF_ROW).into_iter().next()
}

fn at_place(page: &Page, field: Field, spot: &Spot) -> Vec<Sought> {
    let runs = near(page, field, spot, spot.value_at, MOVED).into_iter();
    let runs = runs.filter(|words| shape(&page.text(words.clone())) == spot.shape);
    runs.filter_map(|words| sought(page, field, spot, words, (0.0, 0.0))).collect()
}

/// Runs of words that spell a value and begin, or end, where `target` does; the nearest first. Amounts are set to the
/// right of their column, all else to the left.
fn near(page: &Page, field: Field, spot: &Spot, target: PageBox, off_row: f32) -> Vec<Range<usize>> {
    let middle = target.y + target.h / 2.0;
    let is_level = |(_, word): &(usize, &Word)| (word.middle() - middle).abs() <= off_row;
    let level: Vec<(usize, &Word)> = page.words.iter().enumerate().filter(is_level).take(MOST_IN_ROWS + 1).collect();
    if level.len() > MOST_IN_ROWS {
        return Vec::new();
    }
    let mut found: Vec<(f32, Range<usize>)> = Vec::new();
    for (start, word) in level {
        let Some(words) = run(page, field, spot, start) else { continue };
        let Some(place) = page.around(words.clone()) else { continue };
        let from_left = (place.x - target.x).abs();
        let from_right = (place.x + place.w - target.x - target.w).abs();
        let aside = from_left.min(from_right);
        if aside <= ASIDE {
            found.push((aside + (word.middle() - middle).abs(), words));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, words)| words).collect()
}

/// The words of the value that begins here: as many as are one value of its kind.
fn run(page: &Page, field: Field, spot: &Spot, start: usize) -> Option<Range<usize>> {
    let row = page.row(page.words.get(start)?.row);
    let last = (start + 1..row.end).take(MAX_VALUE_WORDS - 1);
    let joined = last.take_while(|at| page.is_joined(at - 1, *at)).last().map_or(start + 1, |last| last + 1);
    let mut runs = (start + 1..=joined).map(|end| start..end);
    let spells = |words: &Range<usize>| read(field, &page.text(words.clone()), spot.style).is_some();
    match field.kind() {
        FieldKind::Text => Some(start..joined),
        FieldKind::Code => code(page, spot, runs.collect()),
        // `19.90` of `19.90 EUR`, and not `2. November` of `2. November 2026`.
        FieldKind::Amount => runs.rfind(|words| ends_in_number(page, words) && spells(words)),
        _ => runs.rfind(spells),
    }
}

fn ends_in_number(page: &Page, words: &Range<usize>) -> bool {
    words.end.checked_sub(1).and_then(|last| page.words.get(last)).is_some_and(Word::has_digit)
}

/// A code of the shape that it had; else one word, if that has digits where the other had.
fn code(page: &Page, spot: &Spot, runs: Vec<Range<usize>>) -> Option<Range<usize>> {
    let is_alike = |words: &&Range<usize>| shape(&page.text((*words).clone())) == spot.shape;
    if let Some(words) = runs.iter().rev().find(is_alike) {
        return Some(words.clone());
    }
    let first = runs.first()?.clone();
    let has_digit = page.words.get(first.start)?.has_digit();
    // A code of several words could be cut short.
    (has_digit == spot.shape.contains('9') && !spot.shape.contains(' ')).then_some(first)
}
