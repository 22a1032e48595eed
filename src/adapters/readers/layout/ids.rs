//! VAT ids and bank accounts: found by their form, told apart by what stands beside them.

use super::find::Context;
use super::labels::Label;
use crate::domain::iban::Iban;
use crate::domain::vat_id::VatId;
use std::ops::Range;

#[derive(Clone, Debug)]
pub(super) struct VatFound {
    pub text: String,
    pub words: Range<usize>,
    /// Whether a label calls it a VAT id.
    pub is_labelled: bool,
    /// Whether a label calls it the buyer's.
    pub is_buyers: bool,
    /// Whether country and form fit; check digits that are known to be wrong do not.
    pub is_valid: bool,
}

#[derive(Clone, Debug)]
pub(super) struct IbanFound {
    pub text: String,
    pub words: Range<usize>,
    pub is_valid: bool,
    pub is_labelled: bool,
    /// Whether it has its cell for itself and its label, so that it is no part of a running text.
    pub is_alone: bool,
    /// Whether the text around it says that money is taken from it: then it is the payer's.
    pub is_payers: bool,
}

/// More of them are not looked at.
const MAX_FOUND: usize = 60;
/// Words that one id is spread over at most.
const MAX_WORDS: usize = 10;

pub(super) fn ibans(ctx: &Context<'_>) -> Vec<IbanFound> {
    let mut all = Vec::new();
    let mut word = 0;
    while word < ctx.sheet.words.len() && all.len() < MAX_FOUND {
        match iban_at(ctx, word) {
            Some(found) => {
                word = found.words.end;
                all.push(found);
            }
            None => word += 1,
        }
    }
    all
}

fn iban_at(ctx: &Context<'_>, word: usize) -> Option<IbanFound> {
    let sheet = ctx.sheet;
    let first = after_colon(&sheet.words[word].text);
    let head = first.as_bytes();
    let begins =
        head.len() >= 4 && head[..2].iter().all(u8::is_ascii_alphabetic) && head[2..4].iter().all(u8::is_ascii_digit)
            || head.len() == 2 && head.iter().all(u8::is_ascii_uppercase);
    let wanted = Iban::length_for(&first.get(..2)?.to_ascii_uppercase()).filter(|_| begins)?;
    let row = &sheet.rows[sheet.words[word].row];
    let mut text = String::new();
    let mut end = word;
    while end < row.words.end.min(word + MAX_WORDS) && text.len() < wanted {
        let part = if end == word { first } else { sheet.words[end].text.trim_matches(['.', ',', ';']) };
        let part = part.trim_end_matches([',', ';', '.', ')']);
        if part.is_empty() || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            break;
        }
        text.push_str(&part.to_ascii_uppercase());
        end += 1;
    }
    let is_valid = Iban::parse(&text).is_some();
    let before = ctx.labels_in(row.words.start..end).any(|label| matches!(label.label, Label::Iban | Label::Bank));
    let is_labelled = before || ctx.labelled(Label::Iban).any(|label| is_above(ctx, label.words.clone(), word));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if text.len() != wanted || !(is_valid || (is_labelled && digits > 8)) {
        return None;
    }
    let words = word..end;
    let is_alone = sheet.cells[sheet.words[word].cell].words.len() <= words.len() + 2;
    Some(IbanFound { text, is_payers: is_payers(ctx, &words), words, is_valid, is_labelled, is_alone })
}

/// Whether the words of a label stand over this one.
fn is_above(ctx: &Context<'_>, label: Range<usize>, word: usize) -> bool {
    let (above, here) = (&ctx.sheet.words[label.start], &ctx.sheet.words[word]);
    let rows = here.row.checked_sub(above.row);
    matches!(rows, Some(1..=2))
        && (above.x0 - here.x0).abs() < 40.0
        && ctx.sheet.rows[above.row].page == ctx.sheet.rows[here.row].page
}

/// Whether the words around say that the money is taken: a few before, fewer behind, on the same page.
fn is_payers(ctx: &Context<'_>, words: &Range<usize>) -> bool {
    let around = words.start.saturating_sub(12)..(words.end + 6).min(ctx.sheet.words.len());
    let page = ctx.sheet.page_of_word(words.start);
    ctx.labels_in(around).any(|label| label.label == Label::DirectDebit && ctx.sheet.page_of_cell(label.cell) == page)
}

fn after_colon(text: &str) -> &str {
    text.rsplit(':').next().unwrap_or(text).trim_start_matches(['(', '['])
}

/// The VAT ids of the document. Words that are part of a bank account are none.
pub(super) fn vat_ids(ctx: &Context<'_>, ibans: &[IbanFound]) -> Vec<VatFound> {
    let mut all: Vec<VatFound> = Vec::new();
    let in_iban = |word: usize| ibans.iter().any(|iban| iban.words.contains(&word));
    for word in 0..ctx.sheet.words.len() {
        if all.len() >= MAX_FOUND {
            break;
        }
        if in_iban(word) || all.last().is_some_and(|last| last.words.contains(&word)) {
            continue;
        }
        all.extend(vat_at(ctx, word));
    }
    for label in
        ctx.found.iter().filter(|label| matches!(label.label, Label::VatId | Label::BuyerVatId)).take(MAX_FOUND)
    {
        let near = ctx.near(label, |word| {
            if in_iban(word) {
                return None;
            }
            let known = all.iter().position(|found| found.words.contains(&word));
            match known {
                Some(index) => Some((Err(index), word..word + 1)),
                None => loose_at(ctx, word, label.lang).map(|(text, words)| (Ok(text), words)),
            }
        });
        let Some(near) = near.into_iter().next() else {
            continue;
        };
        let is_buyers = label.label == Label::BuyerVatId;
        match near.value {
            Err(index) => {
                all[index].is_labelled = true;
                all[index].is_buyers |= is_buyers;
            }
            Ok(text) => {
                let is_valid = VatId::parse(&text).is_some_and(|id| id.check_digits() != Some(false));
                all.push(VatFound { text, words: near.words, is_labelled: true, is_buyers, is_valid });
            }
        }
    }
    all.sort_by_key(|found| found.words.start);
    all
}

/// A VAT id with its country's letters, in one word or several.
fn vat_at(ctx: &Context<'_>, word: usize) -> Option<VatFound> {
    let sheet = ctx.sheet;
    let first = after_colon(&sheet.words[word].text);
    let head = first.get(..2).filter(|head| head.bytes().all(|b| b.is_ascii_uppercase()))?;
    if !VatId::is_country(head) {
        return None;
    }
    let cell_end = sheet.cells[sheet.words[word].cell].words.end;
    let mut text = String::new();
    let mut best = None;
    for end in word..cell_end.min(word + 5) {
        let part = if end == word { first } else { sheet.words[end].text.as_str() };
        text.push_str(part.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
        if text.len() > 18 {
            break;
        }
        if text.len() >= 8 {
            // The longest that fits: "CHE-123.456.789 MWST".
            best = VatId::parse(&text).map(|id| (id, end + 1)).or(best);
        }
        if !sheet.words[end].text.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.') {
            break;
        }
    }
    let (id, end) = best?;
    let is_valid = id.check_digits() != Some(false);
    Some(VatFound { text: id.as_str().to_owned(), words: word..end, is_labelled: false, is_buyers: false, is_valid })
}

/// What stands behind a label of VAT ids without being a whole one: no country, or not quite its form.
fn loose_at(ctx: &Context<'_>, word: usize, lang: super::labels::Lang) -> Option<(String, Range<usize>)> {
    let sheet = ctx.sheet;
    let plain: String = after_colon(&sheet.words[word].text).chars().filter(char::is_ascii_alphanumeric).collect();
    let mut text = plain.to_ascii_uppercase();
    let mut end = word + 1;
    let cell_end = sheet.cells[sheet.words[word].cell].words.end;
    while end < cell_end && text.len() < 9 && sheet.words[end].text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        text.extend(sheet.words[end].text.chars().filter(char::is_ascii_digit));
        end += 1;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if !(7..=16).contains(&text.len()) || digits < 6 {
        return None;
    }
    use super::labels::Lang;
    let home = match lang {
        Lang::It => "IT",
        Lang::Es => "ES",
        Lang::Nl if text.len() == 10 => "BE",
        Lang::Nl => "NL",
        Lang::De => "AT",
        Lang::Fr => "BE",
        Lang::En => "GB",
    };
    let at_home = VatId::parse(&format!("{home}{text}")).filter(|_| lang != Lang::Fr || text.len() == 10);
    Some((at_home.map_or(text, |id| id.as_str().to_owned()), word..end))
}
