//! Who may be the seller and who the buyer, each with the evidence for it as a score.

use super::address::{has_legal_form, until_legal_form};
use super::blocks::{Block, block_of, is_sender_line, sender_parts};
use super::find::Context;
use super::labels::Label;
use super::names::{clean_name, is_name, matches_stem, name_of_block, name_of_lines};
use super::regions::Region;
use super::sheet::fold;
use super::slip;
use std::ops::Range;

pub(super) struct Candidate {
    pub text: String,
    pub words: Range<usize>,
    pub score: f32,
    /// The address that stands under the name, by its place in the list of blocks.
    pub block: Option<usize>,
}

/// A name that OCR is less sure of on average is none.
pub(super) const CLEAR_NAME: f32 = 0.6;
/// Candidates beyond this are not weighed.
const MAX_CANDIDATES: usize = 200;

pub(super) fn buyer_candidates(ctx: &Context<'_>, regions: &[Region], blocks: &[Block]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for region in regions {
        let bonus = match region.party {
            Label::Buyer => 10.0,
            Label::ShipTo => 4.0,
            _ => continue,
        };
        if let Some((text, words)) = name_in(ctx, region) {
            let block = block_of(ctx, blocks, &words);
            let score = bonus * region.quality + if block.is_some() { 1.0 } else { 0.0 } + form_bonus(&text);
            all.push(Candidate { text, words, score, block });
        }
    }
    // A slip names its buyer under a heading, or not at all: the address on it is the shop's.
    let unnamed = if slip::is_slip(ctx) { &[] } else { blocks };
    for (index, block) in unnamed.iter().enumerate() {
        let Some((text, words)) = name_of_block(ctx, block) else {
            continue;
        };
        let marks = sender_marks(ctx, block);
        let mut score = 3.0 + letter_bonus(ctx, block) - 2.5 * marks.min(3.0);
        // Who writes shows how to be reached; the only address without that is where the letter goes.
        score += if blocks.len() == 1 && marks < 1.0 { 3.0 } else { 0.0 };
        if is_in(regions, Label::Supplier, &words) {
            score -= 8.0;
        }
        if is_in(regions, Label::ShipTo, &words) {
            score -= 2.0;
        }
        all.push(Candidate { text, words, score, block: Some(index) });
    }
    all.truncate(MAX_CANDIDATES);
    all
}

/// Where letters have their window: left, in the upper third of the first page, under the sender's line.
fn letter_bonus(ctx: &Context<'_>, block: &Block) -> f32 {
    let sheet = ctx.sheet;
    let Some(&first) = block.cells.first() else {
        return 0.0;
    };
    let cell = &sheet.cells[first];
    let row = &sheet.rows[cell.row];
    if row.page > 0 {
        return -2.0;
    }
    let (x, y) = (cell.x0 / sheet.pages[0].width, row.y0 / sheet.pages[0].height);
    let mut bonus = match y {
        y if (0.09..0.38).contains(&y) => 2.0,
        y if y > 0.8 => -5.0,
        y if y < 0.09 => -1.5,
        _ => 0.0,
    };
    let under_sender = (cell.row.saturating_sub(3)..cell.row).any(|above| {
        sheet.rows[above].page == 0
            && row.y0 - sheet.rows[above].y1 < 45.0
            && sheet.rows[above]
                .cells
                .clone()
                .any(|c| (sheet.cells[c].x0 - cell.x0).abs() < 70.0 && is_sender_line(&sheet.cell_text(c)))
    });
    bonus += if under_sender { 4.0 } else { 0.0 };
    bonus += if x < 0.45 { 0.4 } else { 0.0 };
    let text = fold(&sheet.cell_text(first));
    if [
        "herrn", "herr", "frau", "firma", "monsieur", "madame", "mr", "mrs", "ms", "spett le", "spettle", "att",
        "attn", "t a v",
    ]
    .iter()
    .any(|s| text == *s || text.starts_with(&format!("{s} ")))
    {
        bonus += 2.0;
    }
    bonus
}

/// How many kinds of things stand under an address that senders write and receivers are not asked for.
fn sender_marks(ctx: &Context<'_>, block: &Block) -> f32 {
    let sheet = ctx.sheet;
    let base = &sheet.cells[block.town.cell];
    let page = sheet.rows[base.row].page;
    let mut marks = 0.0f32;
    let mut row = base.row;
    for below in base.row + 1..sheet.rows.len().min(base.row + 8) {
        if sheet.rows[below].page != page || sheet.rows[below].y0 - sheet.rows[row].y1 > 1.8 * sheet.row_height(row) {
            break;
        }
        let Some(cell) = sheet.rows[below].cells.clone().find(|&c| (sheet.cells[c].x0 - base.x0).abs() < 8.0) else {
            continue;
        };
        row = below;
        let words = sheet.cells[cell].words.clone();
        let has_label = ctx.labels_in(words.clone()).any(|label| {
            matches!(
                label.label,
                Label::Phone
                    | Label::Mail
                    | Label::VatId
                    | Label::Registration
                    | Label::SupplierId
                    | Label::Iban
                    | Label::TaxNumber
            )
        });
        let has_web = sheet.words[words]
            .iter()
            .any(|w| w.text.contains('@') || w.text.contains("www.") || w.text.contains("http"));
        marks += if has_label || has_web { 1.0 } else { 0.0 };
    }
    marks
}

pub(super) fn supplier_candidates(
    ctx: &Context<'_>,
    regions: &[Region],
    blocks: &[Block],
    stems: &[String],
) -> Vec<Candidate> {
    let mut all = Vec::new();
    for region in regions.iter().filter(|region| region.party == Label::Supplier) {
        if let Some((text, words)) = name_in(ctx, region) {
            let block = block_of(ctx, blocks, &words);
            let score = 10.0 * region.quality + form_bonus(&text) + if block.is_some() { 0.5 } else { 0.0 };
            all.push(Candidate { text, words, score, block });
        }
    }
    for (index, block) in blocks.iter().enumerate() {
        let Some((text, words)) = name_of_block(ctx, block) else {
            continue;
        };
        let marks = sender_marks(ctx, block);
        let mut score = 3.0 + 1.3 * marks.min(3.0) + form_bonus(&text);
        score -= if blocks.len() == 1 && marks < 1.0 { 2.0 } else { 0.0 };
        score += if ctx.height_of(words.start) < 0.2 || ctx.height_of(words.start) > 0.85 { 1.0 } else { 0.0 };
        score -= letter_bonus(ctx, block).max(0.0) * 0.4;
        if is_in(regions, Label::Buyer, &words) || is_in(regions, Label::ShipTo, &words) {
            score -= 9.0;
        }
        all.push(Candidate { text, words, score, block: Some(index) });
    }
    all.extend(line_candidates(ctx, regions));
    if slip::is_slip(ctx) {
        // What stands above a town is mostly more of the address there; a legal form is a name wherever it stands.
        for candidate in &mut all {
            let is_company = has_legal_form(&candidate.text);
            candidate.score += if is_company { 2.0 } else { 0.0 };
            candidate.score -= if candidate.block.is_some() && !is_company { 6.0 } else { 0.0 };
        }
        all.extend(slip::shop_names(ctx));
    }
    all.extend(account_holders(ctx));
    for candidate in &mut all {
        // What OCR makes of a logo or a stain.
        candidate.score -= if ctx.sheet.confidence(&candidate.words) < CLEAR_NAME { 3.0 } else { 0.0 };
        let plain: String = fold(&candidate.text).chars().filter(|c| *c != ' ').collect();
        if stems.iter().any(|stem| matches_stem(&plain, stem)) {
            candidate.score += 3.0;
        }
        let again = ctx.sheet.page_of_word(candidate.words.start);
        candidate.score -= 0.3 * again.min(3) as f32;
    }
    all.truncate(MAX_CANDIDATES);
    all
}

/// Names that stand in no address block: sender lines, lines with a legal form, the page's largest words.
fn line_candidates(ctx: &Context<'_>, regions: &[Region]) -> Vec<Candidate> {
    let sheet = ctx.sheet;
    let mut all = Vec::new();
    let is_slip = slip::is_slip(ctx);
    let largest = sheet.words.iter().filter(|w| sheet.rows[w.row].page == 0).map(|w| w.size).fold(0.0, f32::max);
    for (index, cell) in sheet.cells.iter().enumerate() {
        if all.len() >= MAX_CANDIDATES || ctx.in_table[cell.row] {
            continue;
        }
        if is_in(regions, Label::Buyer, &cell.words) || is_in(regions, Label::ShipTo, &cell.words) {
            continue;
        }
        let text = sheet.cell_text(index);
        let mut push = |text: &str, score: f32| {
            if is_name(text) {
                all.push(Candidate { text: text.to_owned(), words: cell.words.clone(), score, block: None });
            }
        };
        let on_edge = matches!(ctx.height_of(cell.words.start), y if !(0.12..=0.86).contains(&y));
        // Nobody folds a slip into an envelope with a window.
        if !is_slip && is_sender_line(&text) {
            push(sender_parts(&text)[0], 7.0);
        } else if let Some(name) = until_legal_form(&text).filter(|_| text.len() < 160) {
            let label = ctx.label_at(cell.words.start);
            let base = if on_edge { 4.0 } else { 2.0 };
            if label.is_none() && name.split(' ').count() <= 8 {
                push(&name, base);
            }
        } else if largest > 13.0
            && sheet.words[cell.words.start].size > 0.8 * largest
            && ctx.height_of(cell.words.start) < 0.3
        {
            // What is left of the largest words without the title: "Acme Invoice".
            let words: Vec<&str> = cell
                .words
                .clone()
                .filter(|&word| ctx.found.iter().all(|label| !label.words.contains(&word)))
                .map(|word| sheet.words[word].text.as_str())
                .collect();
            if sheet.page_of_cell(index) == 0 {
                push(&words.join(" "), 2.2);
            }
        }
    }
    all
}

fn account_holders(ctx: &Context<'_>) -> Vec<Candidate> {
    ctx.labelled(Label::AccountName)
        .take(5)
        .filter_map(|label| {
            let cell = &ctx.sheet.cells[label.cell];
            let rest = label.words.end..cell.words.end;
            let words = if rest.is_empty() {
                let row = &ctx.sheet.rows[cell.row];
                let next = label.cell + 1;
                if next < row.cells.end {
                    ctx.sheet.cells[next].words.clone()
                } else {
                    let below =
                        ctx.below(label, |word| Some(((), ctx.sheet.cells[ctx.sheet.words[word].cell].words.clone())))?;
                    below.words
                }
            } else {
                rest
            };
            let text = clean_name(&ctx.sheet.text(words.clone()));
            let score = if has_legal_form(&text) { 4.5 } else { 2.0 };
            is_name(&text).then_some(Candidate { text, words, score, block: None })
        })
        .collect()
}

fn form_bonus(text: &str) -> f32 {
    if has_legal_form(text) { 1.5 } else { 0.0 }
}

/// The name in a party's block: what "Name:" points at, else its first line that may be one.
fn name_in(ctx: &Context<'_>, region: &Region) -> Option<(String, Range<usize>)> {
    let sheet = ctx.sheet;
    if let Some(line) = region.lines.iter().find(|line| line.label == Some(Label::Name)) {
        let text = clean_name(&sheet.text(line.words.clone()));
        if is_name(&text) {
            return Some((text, line.words.clone()));
        }
    }
    let usable: Vec<&Range<usize>> = region
        .lines
        .iter()
        .filter(|line| matches!(line.label, None | Some(Label::Contact)))
        .map(|line| &line.words)
        .collect();
    name_of_lines(ctx, &usable)
}

pub(super) fn is_in(regions: &[Region], party: Label, words: &Range<usize>) -> bool {
    regions.iter().any(|region| {
        region.party == party
            && region.lines.iter().any(|line| line.words.start <= words.start && words.start < line.words.end)
    })
}
