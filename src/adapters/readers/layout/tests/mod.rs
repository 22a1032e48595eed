//! Pages made in code, as people lay invoices out.

mod details;
mod languages;
mod rules;
mod slips;

use super::read;
use crate::adapters::readers::pdf::{PageWords, Word};
use crate::domain::field::Field;
use crate::domain::reading::{PageSize, Reading};

const SIZE: PageSize = PageSize { width: 595.0, height: 842.0 };

/// A page of rows 14 points apart; each row has texts with their left edge, or, with a `>`, their right edge.
pub(in crate::adapters::readers) fn page(rows: &[&[(f32, &str)]]) -> PageWords {
    let mut words = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        for (x, text) in *row {
            let (text, right) = match text.strip_prefix('>') {
                Some(text) => (text, true),
                None => (*text, false),
            };
            let width = |word: &str| word.chars().count() as f32 * 5.0;
            let total: f32 = text.split(' ').map(|word| width(word) + 3.0).sum::<f32>() - 3.0;
            let mut left = if right { x - total } else { *x };
            for word in text.split(' ') {
                words.push(Word {
                    text: word.to_owned(),
                    x: left / SIZE.width,
                    y: (40.0 + 14.0 * index as f32) / SIZE.height,
                    w: width(word) / SIZE.width,
                    h: 10.0 / SIZE.height,
                    font_size: 10.0,
                    bold: false,
                    confidence: 1.0,
                });
                left += width(word) + 3.0;
            }
        }
    }
    PageWords::of_text(SIZE, words)
}

fn value(reading: &Reading, field: Field) -> &str {
    reading.fields.get(&field).map_or("", |value| value.value.as_str())
}

#[track_caller]
fn assert_fields(reading: &Reading, expected: &[(Field, &str)]) {
    for (field, want) in expected {
        assert_eq!(value(reading, *field), *want, "{field} of {:#?}", reading.fields);
    }
}

/// Quantity, price and sum of each line.
fn lines(reading: &Reading) -> Vec<(&str, &str, &str)> {
    reading
        .lines
        .iter()
        .map(|line| {
            (
                line.quantity.as_deref().unwrap_or_default(),
                line.unit_price.as_deref().unwrap_or_default(),
                line.net.as_deref().unwrap_or_default(),
            )
        })
        .collect()
}
