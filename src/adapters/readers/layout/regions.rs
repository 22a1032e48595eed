//! The parts of the page that a heading gives to one party: "Bill to", "Verkäufer", "Fournisseur".

use super::find::Context;
use super::labels::{Found, Label};
use std::ops::Range;

/// The block of one party, from its heading on.
#[derive(Debug)]
pub(super) struct Region {
    pub party: Label,
    /// How sure the heading is one, 0 to 1.
    pub quality: f32,
    /// The block's lines: words of one cell, or of the cell that a label in the block points at.
    pub lines: Vec<RegionLine>,
}

#[derive(Debug)]
pub(super) struct RegionLine {
    /// The label in front, as in "Name: Acme".
    pub label: Option<Label>,
    pub words: Range<usize>,
}

/// Rows of one block at most.
const MAX_ROWS: usize = 14;
const MAX_REGIONS: usize = 24;

pub(super) fn find(ctx: &Context<'_>) -> Vec<Region> {
    ctx.found
        .iter()
        .filter(|label| matches!(label.label, Label::Supplier | Label::Buyer | Label::ShipTo))
        .filter_map(|label| Some((label, heading_quality(ctx, label)?)))
        .take(MAX_REGIONS)
        .map(|(label, quality)| Region { party: label.label, quality, lines: lines_below(ctx, label) })
        .filter(|region| !region.lines.is_empty())
        .collect()
}

/// Whether the label heads a block: it fills its cell, or a colon closes it.
fn heading_quality(ctx: &Context<'_>, label: &Found) -> Option<f32> {
    let sheet = ctx.sheet;
    let cell = &sheet.cells[label.cell];
    if !ctx.is_first_in_cell(label) || ctx.in_table[cell.row] {
        return None;
    }
    let last = &sheet.words[label.words.end - 1];
    let has_colon = last.text.ends_with(':')
        || sheet.words.get(label.words.end).is_some_and(|w| w.cell == last.cell && w.text == ":");
    let fills = cell.words.end == label.words.end || has_colon && cell.words.end == label.words.end + 1;
    let first_token = &sheet.tokens[label.tokens.start].text;
    let is_short = label.tokens.len() == 1
        && matches!(first_token.as_str(), "to" | "an" | "aan" | "para" | "von" | "van" | "from" | "doit");
    // A word of common use heads a block only with its colon.
    match (has_colon, fills, is_short) {
        (true, ..) => Some(1.0),
        (false, true, false) => Some(0.9),
        (false, true, true) => Some(0.6),
        // "Bill to Acme Ltd": what cannot be anything else may go on in its cell.
        (false, false, false) if label.tokens.len() > 1 || matches!(first_token.as_str(), "spettle" | "spettabile") => {
            Some(0.7)
        }
        _ => None,
    }
}

fn lines_below(ctx: &Context<'_>, label: &Found) -> Vec<RegionLine> {
    let sheet = ctx.sheet;
    let head_row = sheet.cells[label.cell].row;
    let row = &sheet.rows[head_row];
    let (mut x0, limit) = column(ctx, label);
    let mut lines = Vec::new();
    let rest = after_colon(ctx, label.words.end..sheet.cells[label.cell].words.end);
    if has_letters(ctx, &rest) {
        x0 = x0.min(sheet.words[rest.start].x0);
        lines.push(RegionLine { label: None, words: rest });
    } else if let Some(cell) = row.cells.clone().find(|&cell| cell > label.cell) {
        // The value in the next cell of the row, with its further lines below it.
        let next = &sheet.cells[cell];
        let is_heading = ctx.label_at(next.words.start).is_some_and(|other| other.weight >= 6);
        let follows_below = aligned_below(ctx, head_row, x0, limit).is_some();
        if !is_heading
            && !follows_below
            && has_letters(ctx, &next.words)
            && next.x0 - sheet.cells[label.cell].x1 < 260.0
        {
            x0 = next.x0;
            lines.push(RegionLine { label: None, words: next.words.clone() });
        }
    }
    let mut last = head_row;
    while lines.len() < MAX_ROWS {
        let Some(below) = next_row(ctx, last, head_row, x0, limit) else {
            break;
        };
        let Some(line) = line_at(ctx, below, x0, limit) else {
            break;
        };
        lines.extend(line);
        last = below;
    }
    lines
}

/// How far right the block may begin and reach: until the next heading on its row.
fn column(ctx: &Context<'_>, label: &Found) -> (f32, f32) {
    let sheet = ctx.sheet;
    let cell = &sheet.cells[label.cell];
    let row = &sheet.rows[cell.row];
    let next = row.cells.clone().find(|&other| other > label.cell).map(|other| sheet.cells[other].x0);
    let width = sheet.pages[row.page].width;
    (cell.x0, next.map_or(width, |next| next.max(cell.x0 + 60.0)))
}

fn aligned_below(ctx: &Context<'_>, row: usize, x0: f32, limit: f32) -> Option<usize> {
    let below = next_row(ctx, row, row, x0, limit)?;
    cells_in(ctx, below, x0, limit).next().filter(|&cell| (ctx.sheet.cells[cell].x0 - x0).abs() < 12.0)
}

/// The cells of a row that begin inside of the block.
fn cells_in<'a>(ctx: &'a Context<'_>, row: usize, x0: f32, limit: f32) -> impl Iterator<Item = usize> + 'a {
    ctx.sheet.rows[row].cells.clone().filter(move |&cell| {
        let begin = ctx.sheet.cells[cell].x0;
        begin > x0 - 14.0 && begin < limit - 2.0
    })
}

/// The next row with words of the block, if it stands close enough.
fn next_row(ctx: &Context<'_>, last: usize, head: usize, x0: f32, limit: f32) -> Option<usize> {
    let sheet = ctx.sheet;
    let height = sheet.row_height(last);
    let reach = if last == head { 3.4 } else { 2.3 };
    (last + 1..sheet.rows.len().min(last + 12))
        .take_while(|&row| {
            sheet.rows[row].page == sheet.rows[last].page && sheet.rows[row].y0 - sheet.rows[last].y1 < reach * height
        })
        .find(|&row| cells_in(ctx, row, x0, limit).next().is_some())
}

/// The lines that a row adds; none where the block ends.
fn line_at(ctx: &Context<'_>, row: usize, x0: f32, limit: f32) -> Option<Vec<RegionLine>> {
    let sheet = ctx.sheet;
    if ctx.in_table[row] {
        return None;
    }
    let mut cells = cells_in(ctx, row, x0, limit);
    let first = cells.next()?;
    let words = sheet.cells[first].words.clone();
    let label = ctx.label_at(words.start).filter(|label| label.weight >= 5 && is_label(ctx, label));
    if label.is_some_and(|label| {
        matches!(label.label, Label::Supplier | Label::Buyer | Label::ShipTo) && heading_quality(ctx, label).is_some()
            || matches!(
                label.label,
                Label::Title | Label::InvoiceNumber | Label::IssueDate | Label::TaxPoint | Label::Net | Label::Gross
            )
    }) {
        return None;
    }
    let Some(label) = label else {
        let key = is_key(ctx, first).then_some(Label::Reference);
        return Some(vec![RegionLine { label: key, words }]);
    };
    let rest = after_colon(ctx, label.words.end..words.end);
    if !rest.is_empty() {
        return Some(vec![RegionLine { label: Some(label.label), words: rest }]);
    }
    // "Name:" with its value in the next cell.
    let value = cells.next().map(|cell| sheet.cells[cell].words.clone());
    let value = value.or_else(|| {
        let next = first + 1;
        (next < sheet.rows[row].cells.end).then(|| sheet.cells[next].words.clone())
    });
    Some(value.map(|words| RegionLine { label: Some(label.label), words }).into_iter().collect())
}

/// Whether the cell begins with some word and a colon, or its colon is in the next cell: no name, whatever it says.
pub(super) fn is_key(ctx: &Context<'_>, cell: usize) -> bool {
    let sheet = ctx.sheet;
    let words = sheet.cells[cell].words.clone();
    let is_colon = |word: usize| sheet.words[word].text.ends_with(':') || sheet.words[word].text.starts_with(':');
    words.clone().take(5).any(is_colon)
        || cell + 1 < sheet.rows[sheet.cells[cell].row].cells.end && is_colon(sheet.cells[cell + 1].words.start)
}

/// Whether the words are a label here and not the beginning of a name: "Bank of Ireland", "Lieferant GmbH".
fn is_label(ctx: &Context<'_>, label: &Found) -> bool {
    let cell = &ctx.sheet.cells[label.cell];
    let has_colon = ctx.sheet.words[label.words.end - 1].text.contains(':')
        || ctx.sheet.words.get(label.words.end).is_some_and(|word| word.text.starts_with(':'));
    let is_clear = matches!(
        label.label,
        Label::Phone
            | Label::Mail
            | Label::VatId
            | Label::BuyerVatId
            | Label::TaxNumber
            | Label::Customer
            | Label::Registration
            | Label::SupplierId
            | Label::Iban
            | Label::Bic
            | Label::InvoiceNumber
            | Label::IssueDate
            | Label::DueDate
            | Label::Order
    );
    is_clear || has_colon || cell.words.end == label.words.end
}

/// Without the colon or dash that begins the words.
fn after_colon(ctx: &Context<'_>, words: Range<usize>) -> Range<usize> {
    let skip = words.clone().take_while(|&word| !ctx.sheet.words[word].text.chars().any(char::is_alphanumeric)).count();
    words.start + skip..words.end
}

fn has_letters(ctx: &Context<'_>, words: &Range<usize>) -> bool {
    ctx.sheet.words[words.clone()].iter().any(|word| word.text.chars().filter(|c| c.is_alphabetic()).count() > 1)
}
