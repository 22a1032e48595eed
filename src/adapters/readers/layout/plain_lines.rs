//! Lines of items without a table's head: texts with a sum behind them that together make the total.

use super::find::Context;
use super::table::Line;
use super::totals::{Totals, is_sum_label};
use crate::domain::money::Decimal;
use std::ops::Range;

/// Rows that are tried with each other; more are no list of items.
const MAX_ROWS: usize = 80;

struct Priced {
    text: Range<usize>,
    words: Range<usize>,
    value: Decimal,
}

/// The rows that follow each other and add up to the document's net or gross total, exactly. Two at least: a single row
/// with the total says nothing new.
pub(super) fn read(ctx: &Context<'_>, totals: &Totals) -> Vec<Line> {
    let rows = priced_rows(ctx);
    let targets = [&totals.lines, &totals.net, &totals.gross];
    let mut targets = targets.into_iter().flatten().map(|sum| sum.value);
    let run = targets.find_map(|target| run_of(&rows, target));
    let lines = run.into_iter().flatten().map(|row| Line {
        description: ctx.sheet.text(row.text.clone()),
        net: Some(row.value),
        words: row.words.clone(),
        ..Line::default()
    });
    lines.collect()
}

/// The rows with a text and a sum at their end that no label calls something else.
fn priced_rows(ctx: &Context<'_>) -> Vec<Priced> {
    let mut priced = Vec::new();
    for row in ctx.sheet.rows.iter() {
        let Some(last) = ctx.values.amounts_in(row.words.clone()).last() else {
            continue;
        };
        let text = row.words.start..last.words.start;
        let says_what = ctx.sheet.words[text.clone()]
            .iter()
            .any(|word| word.text.chars().filter(|c| c.is_alphabetic()).count() > 2);
        let is_sum =
            ctx.labels_in(row.words.clone()).any(|label| is_sum_label(label.label) && ctx.is_first_in_cell(label));
        if last.is_money() && says_what && !is_sum && !last.value.is_zero() {
            priced.push(Priced { text, words: row.words.clone(), value: last.value });
        }
    }
    priced.truncate(MAX_ROWS);
    priced
}

/// The longest run of rows with this sum. Rows that carry the sum themselves are no part of it.
fn run_of(rows: &[Priced], target: Decimal) -> Option<Vec<&Priced>> {
    let rows: Vec<&Priced> = rows.iter().filter(|row| row.value != target).collect();
    let mut best: Option<Range<usize>> = None;
    for begin in 0..rows.len() {
        let mut sum = Decimal::ZERO;
        for (end, row) in rows.iter().enumerate().skip(begin) {
            sum += row.value;
            let length = end + 1 - begin;
            if sum == target && length >= 2 && best.as_ref().is_none_or(|b| length > b.len()) {
                best = Some(begin..end + 1);
            }
        }
    }
    best.map(|range| rows[range].to_vec())
}
