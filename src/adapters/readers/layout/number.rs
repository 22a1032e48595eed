//! The invoice's number, and the other numbers that stand beside their labels.

use super::find::Context;
use super::labels::{Found, Label};
use super::sheet::fold;
use crate::domain::iban::Iban;
use std::ops::Range;

/// A code as the document writes it, with where and how sure.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub text: String,
    pub words: Range<usize>,
    pub confidence: f32,
}

/// A number of more signs is none.
const MAX_LENGTH: usize = 40;

/// The invoice's number: the best code beside a label that calls it so.
pub(super) fn invoice_number(ctx: &Context<'_>) -> Option<Code> {
    let mut candidates: Vec<(f32, Code)> = Vec::new();
    for label in ctx.found {
        let near = match label.label {
            Label::InvoiceNumber => ctx.near(label, |word| number_at(ctx, word)),
            Label::Title | Label::CreditTitle => titled(ctx, label),
            _ => continue,
        };
        for value in near {
            let mut score = f32::from(label.weight) * value.quality;
            if value.value.len() < 3 {
                score *= 0.7;
            }
            if ctx.sheet.page_of_word(value.words.start) > 0 {
                score -= 0.5;
            }
            if !ctx.is_first_in_cell(label) && !follows_title(ctx, label) {
                score -= if label.label == Label::InvoiceNumber { 1.0 } else { 2.5 };
            }
            if follows_reference(ctx, label) {
                score -= 5.0;
            }
            candidates.push((score, Code { text: value.value, words: value.words, confidence: 0.0 }));
        }
    }
    let others = codes_of_other_labels(ctx);
    let agreeing = |text: &str| candidates.iter().filter(|(_, code)| code.text == text).count();
    let (score, mut best) = candidates
        .iter()
        .map(|(score, code)| {
            let again = (agreeing(&code.text) - 1).min(2) as f32 * 0.8;
            let taken = if others.contains(&code.text) { 2.5 } else { 0.0 };
            (score + again - taken, code.clone())
        })
        .filter(|(score, _)| *score > 1.0)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.words.start.cmp(&a.1.words.start)))?;
    let rivals = candidates.iter().filter(|(other, code)| code.text != best.text && *other > score - 1.5).count();
    best.confidence = (0.45 + 0.053 * score - 0.12 * rivals as f32).clamp(0.2, 0.98);
    Some(best)
}

/// "Related invoice No. 12", "your invoice number": a number, but not this one's.
fn follows_reference(ctx: &Context<'_>, label: &Found) -> bool {
    let cell = &ctx.sheet.cells[label.cell];
    let before = &ctx.sheet.tokens[cell.tokens.start..label.tokens.start];
    before.iter().rev().take(3).any(|token| {
        matches!(
            token.text.as_str(),
            "related"
                | "original"
                | "zu"
                | "zur"
                | "liee"
                | "origine"
                | "betreft"
                | "previous"
                | "vorherige"
                | "initiale"
                | "gutschrift"
                | "against"
                | "rif"
                | "sur"
                | "statement"
                | "rectifica"
        )
    })
}

fn follows_title(ctx: &Context<'_>, label: &Found) -> bool {
    let cell = &ctx.sheet.cells[label.cell];
    ctx.labels_in(cell.words.start..label.words.start)
        .any(|other| matches!(other.label, Label::Title | Label::CreditTitle))
}

/// A title with the number at once behind it, "Invoice INV-12", or below it as the head of a column.
fn titled(ctx: &Context<'_>, label: &Found) -> Vec<super::find::Near<String>> {
    let sheet = ctx.sheet;
    let mut near = Vec::new();
    let next = label.words.end;
    let row = &sheet.rows[sheet.cells[label.cell].row];
    for word in (next..row.words.end).take(2) {
        if ctx.label_at(word).is_some() {
            break;
        }
        let gap = sheet.words[word].x0 - sheet.words[word - 1].x1;
        if gap > 12.0 * sheet.words[word].size {
            break;
        }
        if let Some((value, words)) = number_at(ctx, word) {
            near.push(super::find::Near { value, words, quality: if word == next { 1.0 } else { 0.8 } });
            break;
        }
        // Only "#", ":" and the like may stand between.
        if !matches!(sheet.words[word].text.as_str(), "#" | ":" | "-" | "\u{2013}" | "/" | "|") {
            break;
        }
    }
    if near.is_empty() {
        near.extend(numbered_later(ctx, label));
    }
    let is_column_head = row.cells.len() > 1
        && sheet.cells[label.cell].words == label.words
        && ctx.labels_in(row.words.clone()).count() > 2;
    if near.is_empty() && is_column_head {
        near.extend(ctx.below(label, |word| number_at(ctx, word)));
    }
    near
}

/// "Invoice of the insurer No. 12": a title, some words, and "no." with the number.
fn numbered_later(ctx: &Context<'_>, label: &Found) -> Option<super::find::Near<String>> {
    let sheet = ctx.sheet;
    let cell = &sheet.cells[label.cell];
    let tokens = label.tokens.end..cell.tokens.end.min(label.tokens.end + 6);
    let marker = tokens.into_iter().find(|&at| {
        matches!(sheet.tokens[at].text.as_str(), "nr" | "no" | "n" | "num" | "numero" | "nummer" | "number" | "#")
    })?;
    let word = sheet.tokens[marker].word + 1;
    if word >= cell.words.end || ctx.labels_in(label.words.end..word).any(|other| !is_own(other.label)) {
        return None;
    }
    let (value, words) = number_at(ctx, word)?;
    Some(super::find::Near { value, words, quality: 1.4 })
}

/// Labels that may stand between a title and its number.
fn is_own(label: Label) -> bool {
    matches!(label, Label::Title | Label::CreditTitle | Label::InvoiceNumber)
}

/// The codes beside labels of orders, customers and the like, which an invoice's number is not.
fn codes_of_other_labels(ctx: &Context<'_>) -> Vec<String> {
    ctx.found
        .iter()
        .filter(|label| {
            matches!(label.label, Label::Order | Label::Customer | Label::Despatch | Label::Contract | Label::Preceding)
        })
        .take(200)
        .filter_map(|label| ctx.beside(label, |word| number_at(ctx, word)).map(|near| near.value))
        .collect()
}

/// The code beside any of the labels, the first in reading order that has one.
pub(super) fn code_of(ctx: &Context<'_>, label: Label) -> Option<Code> {
    ctx.labelled(label).take(50).find_map(|found| {
        let near = ctx.near(found, |word| number_at(ctx, word)).into_iter().next()?;
        let confidence = (0.09 * f32::from(found.weight) * near.quality).clamp(0.2, 0.9);
        Some(Code { text: near.value, words: near.words, confidence })
    })
}

/// Reads a number that begins at the word: a code with a digit that is neither date nor price. A number of several words
/// ends where the date begins, `Nr. 12 B vom 1.2.2026`.
pub(super) fn number_at(ctx: &Context<'_>, word: usize) -> Option<(String, Range<usize>)> {
    if let Some(spaced) = number_before_date(ctx, word) {
        return Some(spaced);
    }
    let sheet = ctx.sheet;
    let plain = trimmed(&sheet.words[word].text);
    if plain.is_empty() || ctx.values.date_at(word).is_some() {
        return None;
    }
    let has_digit = plain.chars().any(|c| c.is_ascii_digit());
    if has_digit {
        return is_code(ctx, word, plain).then(|| joined(ctx, word));
    }
    // `RE 2026-12`: letters that go with the digits behind them.
    let next = word + 1;
    let behind = sheet.words.get(next).filter(|w| w.cell == sheet.words[word].cell)?;
    let is_prefix = plain.len() <= 5 && plain.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '-' | '/'));
    let code = trimmed(&behind.text);
    let is_number = code.chars().next().is_some_and(|c| c.is_ascii_digit()) && is_code(ctx, next, code);
    let is_common_word =
        matches!(plain, "NO" | "NR" | "N" | "NUM" | "DE" | "DU" | "OF" | "VOM" | "VON" | "DATE" | "PAGE");
    (is_prefix && is_number && !is_common_word && ctx.label_at(word).is_none() && ctx.values.date_at(next).is_none())
        .then(|| (format!("{plain} {code}"), word..next + 1))
}

/// A code, with a second half behind a slash or hyphen that stands alone: `2026 / 0012`.
fn joined(ctx: &Context<'_>, word: usize) -> (String, Range<usize>) {
    let sheet = ctx.sheet;
    let mut text = trimmed(&sheet.words[word].text).to_owned();
    let mut end = word + 1;
    let cell_end = sheet.cells[sheet.words[word].cell].words.end;
    while end + 1 < cell_end && matches!(sheet.words[end].text.as_str(), "/" | "-") {
        let next = trimmed(&sheet.words[end + 1].text);
        if !next.chars().any(|c| c.is_ascii_digit()) || text.len() + next.len() > MAX_LENGTH {
            break;
        }
        text.push_str(&sheet.words[end].text);
        text.push_str(next);
        end += 2;
    }
    (text, word..end)
}

fn number_before_date(ctx: &Context<'_>, word: usize) -> Option<(String, Range<usize>)> {
    let sheet = ctx.sheet;
    let cell_end = sheet.cells[sheet.words[word].cell].words.end;
    let end = (word + 1..cell_end.min(word + 5)).find(|&at| {
        matches!(
            fold(&sheet.words[at].text).as_str(),
            "vom" | "von" | "du" | "of" | "dated" | "van" | "del" | "issued" | "from" | "d d"
        )
    })?;
    let is_date = (end + 1..cell_end.min(end + 3)).any(|at| ctx.values.date_at(at).is_some())
        || sheet.words.get(end + 1).is_none_or(|next| next.cell != sheet.words[word].cell);
    let begins_well = sheet.words[word].text.chars().any(|c| c.is_ascii_digit()) && ctx.values.date_at(word).is_none();
    if !is_date || !begins_well || end == word + 1 {
        return None;
    }
    let text = sheet.text(word..end);
    (text.len() <= MAX_LENGTH && ctx.labels_in(word..end).next().is_none()).then_some((text, word..end))
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| {
        matches!(c, ':' | '#' | ',' | ';' | '.' | '(' | ')' | '[' | ']' | '*' | '"' | '\'' | '|')
    })
    .trim_start_matches("N°")
    .trim_start_matches("n°")
    .trim_start_matches("Nº")
}

fn is_code(ctx: &Context<'_>, word: usize, plain: &str) -> bool {
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let signs = plain.chars().filter(|c| !c.is_alphanumeric()).count();
    let looks_like_price = ctx.values.amount_at(word).is_some_and(|amount| {
        amount.percent || (amount.decimals == 2 && plain.contains(ctx.locale.decimal())) || amount.currency.is_some()
    });
    let fits = plain.chars().count() <= MAX_LENGTH
        && plain.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | ':' | '+' | '\\' | '#'));
    fits && digits >= 1
        && signs <= digits + 6
        && !looks_like_price
        && Iban::parse(plain).is_none()
        && !plain.contains("www.")
}
