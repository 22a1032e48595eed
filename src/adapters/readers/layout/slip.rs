//! Till receipts: one narrow column, the shop's name on top, the total near the end, cash and change below it.

use super::address::has_legal_form;
use super::blocks::is_street;
use super::candidates::{CLEAR_NAME, Candidate};
use super::find::Context;
use super::labels::Label;
use super::names::{clean_name, is_name};
use super::totals::{LabelledSum, Sum, Totals};
use crate::domain::money::Decimal;
use std::ops::Range;

/// A scan that has no room for more of the usual letters across is a slip, in points.
const NARROW: f32 = 420.0;
/// What roundings come to at most, in hundredths.
const MOST_ROUNDED: i64 = 10;

/// Whether the document is a slip: a scan that is narrow, says what was paid in cash and given
/// back, or at which till.
pub(super) fn is_slip(ctx: &Context<'_>) -> bool {
    let has = |wanted: Label| ctx.labelled(wanted).next().is_some();
    let is_narrow = ctx.sheet.pages.len() == 1 && ctx.sheet.pages.first().is_some_and(|page| page.width < NARROW);
    let is_paid = has(Label::Tendered) && has(Label::Change);
    ctx.sheet.scanned && !has(Label::Iban) && (is_narrow || is_paid || has(Label::Till))
}

/// The first word of the table of taxes that many slips end with: its totals are of other things.
pub(super) fn tax_summary(ctx: &Context<'_>) -> Option<usize> {
    let tokens = &ctx.sheet.tokens;
    let is_tax = |text: &str| matches!(text, "gst" | "tax" | "vat" | "sst" | "mwst" | "ust" | "tva" | "btw" | "iva");
    tokens.windows(2).find(|pair| is_tax(&pair[0].text) && pair[1].text.starts_with("summ")).map(|pair| pair[0].word)
}

/// Of a label's weight, no more counts: slips call the total anything.
const LABELLED: f32 = 7.0;
/// Rows from the top that may hold the shop's name.
const HEAD_ROWS: usize = 8;

/// The shop's name stands on top: the higher, and the more it looks like a name, the better.
pub(super) fn shop_names(ctx: &Context<'_>) -> Vec<Candidate> {
    let sheet = ctx.sheet;
    let mut names = Vec::new();
    for row in sheet.rows.iter().take(HEAD_ROWS).filter(|row| row.page == 0) {
        let words = trimmed(ctx, row.words.clone());
        // The name ends where its address, number, or the slip's own title begins.
        if ctx.labels_in(row.words.clone()).any(|label| is_below_name(label.label)) {
            break;
        }
        let text = without_number(&clean_name(&sheet.text(words.clone())));
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        if letters < 4 || sheet.confidence(&words) < CLEAR_NAME || !is_name(&text) || is_street(&text) {
            continue;
        }
        let score = 4.5 - 0.5 * names.len() as f32 + if has_legal_form(&text) { 2.0 } else { 0.0 };
        names.push(Candidate { text, words, score, block: None });
    }
    names
}

/// Without the number of registration in brackets behind a name.
fn without_number(text: &str) -> String {
    match text.rfind('(') {
        Some(at) if at > 0 && text[at..].bytes().any(|b| b.is_ascii_digit()) => text[..at].trim().to_owned(),
        _ => text.to_owned(),
    }
}

/// Without the single signs at both ends that OCR sees in edges and stains.
fn trimmed(ctx: &Context<'_>, words: Range<usize>) -> Range<usize> {
    let is_stain = |word: &usize| ctx.sheet.words[*word].text.chars().filter(|c| c.is_alphanumeric()).count() < 2;
    let begin = words.clone().find(|word| !is_stain(word)).unwrap_or(words.end);
    let end = words.clone().rev().find(|word| !is_stain(word)).map_or(begin, |last| last + 1);
    begin..end.max(begin)
}

fn is_below_name(label: Label) -> bool {
    matches!(
        label,
        Label::Phone
            | Label::Mail
            | Label::VatId
            | Label::TaxNumber
            | Label::InvoiceNumber
            | Label::IssueDate
            | Label::AnyDate
            | Label::Buyer
            | Label::Title
    )
}

/// A sum that may be the total, and what speaks for it.
struct Offer<'a> {
    sum: &'a LabelledSum,
    score: f32,
    /// Whether other numbers of the slip come to the same.
    proven: bool,
}

/// The total of a slip: what is labelled so and agrees with cash and change, with the sum before rounding, or with net
/// and VAT. Net and VAT only where they come to it.
pub(super) fn totals(ctx: &Context<'_>, sums: &[LabelledSum]) -> Totals {
    let end = tax_summary(ctx).unwrap_or(usize::MAX);
    let before: Vec<&LabelledSum> = sums.iter().filter(|sum| sum.words.start < end && !sum.value.is_zero()).collect();
    let of = |labels: &[Label]| -> Vec<&LabelledSum> {
        before.iter().copied().filter(|sum| labels.contains(&sum.label)).collect()
    };
    let totals = of(&[Label::Gross, Label::Due]);
    let parts = of(&[Label::Net, Label::Subtotal, Label::LinesTotal]);
    let taxes: Vec<&LabelledSum> = sums.iter().filter(|sum| sum.label == Label::Tax).collect();
    let given = of(&[Label::Tendered, Label::Paid]);
    let change = of(&[Label::Change]);
    let roundings: Vec<Decimal> = before
        .iter()
        .filter(|sum| sum.label == Label::Rounding && sum.value.abs() <= Decimal::new(MOST_ROUNDED, 2))
        // One that is printed without its sign may be either.
        .flat_map(|sum| if sum.value.is_sign_negative() { vec![sum.value] } else { vec![sum.value, -sum.value] })
        .collect();
    let is_paid = |value: Decimal| {
        let back = |cash: &&LabelledSum| change.iter().any(|change| cash.value - change.value == value);
        given.iter().any(back) || (change.is_empty() && given.iter().any(|cash| cash.value == value))
    };
    let most = totals.iter().map(|sum| sum.value).max().unwrap_or_default();
    let last = totals.last().map(|sum| sum.value);
    let offers = before.iter().copied().filter(|sum| !is_never_total(sum)).filter_map(|sum| {
        let is_total = matches!(sum.label, Label::Gross | Label::Due);
        let paid = is_paid(sum.value);
        let summed = parts.iter().any(|net| taxes.iter().any(|tax| net.value + tax.value == sum.value));
        let rounded = before.iter().any(|other| {
            other.words.start < sum.words.start
                && other.value != sum.value
                && !is_never_total(other)
                && roundings.iter().any(|rounding| other.value + rounding == sum.value)
        });
        let again = totals.iter().filter(|other| other.value == sum.value).count();
        // What another label names needs the proof that it is the total.
        if !is_total && !paid && !summed {
            return None;
        }
        let mut score = if is_total { sum.score.min(LABELLED) } else { 0.3 * sum.score.min(LABELLED) };
        score += if paid { 9.0 } else { 0.0 };
        score += if rounded { 6.0 } else { 0.0 };
        score += if summed { 3.0 } else { 0.0 };
        score += 1.5 * again.saturating_sub(1).min(2) as f32;
        score += if is_total && sum.value == most { 2.0 } else { 0.0 };
        score += if is_total && last == Some(sum.value) { 1.5 } else { 0.0 };
        score -= if sum.beside_others { 3.0 } else { 0.0 };
        Some(Offer { sum, score, proven: paid || summed || rounded })
    });
    let offers: Vec<Offer<'_>> = offers.collect();
    // The later one of equals: it is the one behind discounts and roundings.
    let best =
        offers.into_iter().max_by(|a, b| a.score.total_cmp(&b.score).then(a.sum.words.start.cmp(&b.sum.words.start)));
    let gross = match best {
        Some(best) => Some(Sum {
            value: best.sum.value,
            words: Some(best.sum.words.clone()),
            confidence: if best.proven { 0.92 } else { (0.3 + 0.03 * best.score).clamp(0.3, 0.7) },
        }),
        None => reckoned(ctx, &given, &change, &parts, &taxes),
    };
    let mut found = Totals { gross, ..Totals::default() };
    add_parts(&mut found, &parts, &taxes);
    found
}

/// What was given and got back, numbers of things, and roundings are no totals.
fn is_never_total(sum: &LabelledSum) -> bool {
    matches!(sum.label, Label::Tendered | Label::Change | Label::Count | Label::CarriedOver)
        || sum.value <= Decimal::new(MOST_ROUNDED, 2)
}

/// Where no total is labelled: cash less change, or net and VAT, that is printed somewhere.
fn reckoned(
    ctx: &Context<'_>,
    given: &[&LabelledSum],
    change: &[&LabelledSum],
    parts: &[&LabelledSum],
    taxes: &[&LabelledSum],
) -> Option<Sum> {
    let paid = given.iter().flat_map(|cash| change.iter().map(|change| cash.value - change.value));
    let summed = parts.iter().flat_map(|net| taxes.iter().map(|tax| net.value + tax.value));
    let printed = paid.chain(summed).find_map(|value| {
        let amount = ctx.values.amounts.iter().rev().find(|amount| amount.is_money() && amount.value == value)?;
        (value > Decimal::ZERO).then(|| Sum { value, words: Some(amount.words.clone()), confidence: 0.8 })
    });
    let largest = |sums: &[&LabelledSum]| sums.iter().max_by_key(|sum| sum.value).copied().cloned();
    printed.or_else(|| {
        let sum = largest(parts).or_else(|| largest(given))?;
        Some(Sum { value: sum.value, words: Some(sum.words.clone()), confidence: 0.35 })
    })
}

fn add_parts(found: &mut Totals, parts: &[&LabelledSum], taxes: &[&LabelledSum]) {
    let Some(gross) = found.gross.as_ref().map(|gross| gross.value) else {
        return;
    };
    let pairs = parts.iter().flat_map(|net| taxes.iter().map(move |tax| (net, tax)));
    if let Some((net, tax)) = pairs.into_iter().find(|(net, tax)| net.value + tax.value == gross) {
        let sum = |sum: &LabelledSum| Sum { value: sum.value, words: Some(sum.words.clone()), confidence: 0.9 };
        (found.net, found.tax) = (Some(sum(net)), Some(sum(tax)));
    }
}
