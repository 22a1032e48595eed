//! The breakdown of VAT by rates. No label is needed: a row where rate, base and tax agree is one.

use super::amounts::Amount;
use super::find::Context;
use crate::domain::money::Decimal;
use std::ops::Range;

#[derive(Clone, Debug)]
pub(super) struct VatLine {
    pub rate: Decimal,
    pub base: Decimal,
    pub tax: Decimal,
    pub base_words: Range<usize>,
    pub tax_words: Range<usize>,
}

/// Rows beyond this are not read.
const MAX_ROWS: usize = 20;
/// Numbers of one row that are tried with each other.
const MAX_NUMBERS: usize = 8;

/// Rates of VAT in tenths of per cent, which may stand without a per cent sign.
const RATES: &[i64] = &[
    0, 21, 26, 30, 38, 40, 50, 55, 60, 70, 77, 80, 81, 85, 90, 100, 120, 130, 135, 140, 150, 160, 170, 180, 190, 200,
    210, 220, 230, 240, 250, 255, 270,
];

pub(super) fn find(ctx: &Context<'_>) -> Vec<VatLine> {
    let mut lines: Vec<VatLine> = Vec::new();
    for (index, row) in ctx.sheet.rows.iter().enumerate() {
        if ctx.in_table[index] || lines.len() >= MAX_ROWS {
            continue;
        }
        let numbers = ctx.values.amounts_in(row.words.clone());
        let Some(line) = line_of(numbers.get(..numbers.len().min(MAX_NUMBERS)).unwrap_or_default()) else {
            continue;
        };
        let is_known =
            lines.iter().any(|other| other.rate == line.rate && other.tax == line.tax && other.base == line.base);
        if !is_known {
            lines.push(line);
        }
    }
    lines
}

/// Rate, base and tax among the numbers of a row, if three of them agree.
fn line_of(numbers: &[Amount]) -> Option<VatLine> {
    let rates = numbers.iter().filter(|number| is_rate(number));
    for rate in rates {
        for base in numbers.iter().filter(|number| !number.percent && number.words != rate.words) {
            let expected = base.value * rate.value / Decimal::ONE_HUNDRED;
            let tax = numbers.iter().find(|tax| {
                !tax.percent
                    && tax.words != rate.words
                    && tax.words != base.words
                    && (tax.value - expected).abs() <= tolerance(base.value)
                    && (tax.decimals == 2 || tax.currency.is_some() || tax.value.is_zero() || rate.percent)
            });
            let Some(tax) = tax else { continue };
            let is_empty = base.value.is_zero() || (tax.value.is_zero() && !rate.value.is_zero());
            let is_zero_rate = rate.value.is_zero() && !(base.is_money() && tax.is_money());
            if !is_empty && !is_zero_rate && base.value.abs() > tax.value.abs() {
                return Some(VatLine {
                    rate: rate.value,
                    base: base.value,
                    tax: tax.value,
                    base_words: base.words.clone(),
                    tax_words: tax.words.clone(),
                });
            }
        }
    }
    None
}

/// Half a cent; two cents on larger sums, whose tax may be the sum of the lines' rounded ones.
fn tolerance(base: Decimal) -> Decimal {
    if base.abs() < Decimal::ONE_HUNDRED { Decimal::new(51, 4) } else { Decimal::new(2, 2) }
}

fn is_rate(number: &Amount) -> bool {
    let in_range = number.value >= Decimal::ZERO && number.value <= Decimal::from(30);
    in_range
        && (number.percent
            || (number.currency.is_none() && RATES.iter().any(|&rate| number.value == Decimal::new(rate, 1))))
}
