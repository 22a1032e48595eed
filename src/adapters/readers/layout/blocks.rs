//! Blocks of an address: the lines above a town, and the sender's address in one line.

use super::address::Town;
use super::find::Context;
use super::labels::Label;
use super::regions::is_key;
use std::ops::Range;

/// Lines of an address: cells one under the other, ending with the town.
#[derive(Debug)]
pub(super) struct Block {
    pub cells: Vec<usize>,
    pub town: Town,
}

/// The lines above a town that belong to its address.
pub(super) fn block_above(ctx: &Context<'_>, town: &Town) -> Block {
    let sheet = ctx.sheet;
    let mut cells = vec![town.cell];
    let base = &sheet.cells[town.cell];
    let mut row = base.row;
    let mut misses = 0;
    for above in (0..base.row).rev().take(12) {
        let gap = sheet.rows[row].y0 - sheet.rows[above].y1;
        let height = sheet.row_height(row).min(16.0);
        if cells.len() > 7 || sheet.rows[above].page != sheet.rows[row].page || gap > 2.6 * height {
            break;
        }
        let cell = sheet.rows[above].cells.clone().find(|&cell| {
            let (x0, x1) = (sheet.cells[cell].x0, sheet.cells[cell].x1);
            let centred = ((x0 + x1) - (base.x0 + base.x1)).abs() < 6.0;
            (x0 - base.x0).abs() < 5.0 || centred || (x1 - base.x1).abs() < 2.0
        });
        // Forms leave lines of an address empty; then the others stand exactly below each other.
        let is_exact = cell.is_some_and(|cell| (sheet.cells[cell].x0 - base.x0).abs() < 1.0);
        if gap > 1.7 * height && !(is_exact && cells.len() <= 2) {
            break;
        }
        let Some(cell) = cell else {
            misses += 1;
            if misses > 4 {
                break;
            }
            continue;
        };
        if ends_block(ctx, cell) {
            break;
        }
        cells.push(cell);
        misses = 0;
        row = above;
    }
    cells.reverse();
    Block { cells, town: town.clone() }
}

/// A heading or a labelled value is no line of an address.
fn ends_block(ctx: &Context<'_>, cell: usize) -> bool {
    if is_key(ctx, cell) && !is_contact(ctx, cell) {
        return true;
    }
    let words = ctx.sheet.cells[cell].words.clone();
    ctx.label_at(words.start).is_some_and(|label| {
        let fills = label.words.end == words.end;
        let has_colon = ctx.sheet.words[label.words.end - 1].text.ends_with(':');
        match label.label {
            Label::Supplier | Label::Buyer | Label::ShipTo | Label::Address | Label::Contact | Label::Name => {
                fills || has_colon
            }
            Label::Title | Label::CreditTitle => fills || label.words.len() < words.len(),
            Label::Bank | Label::Net | Label::Gross | Label::Tax => false,
            _ => has_colon || fills,
        }
    }) || is_sender_line(&ctx.sheet.cell_text(cell))
}

fn is_contact(ctx: &Context<'_>, cell: usize) -> bool {
    ctx.label_at(ctx.sheet.cells[cell].words.start).is_some_and(|label| label.label == Label::Contact)
}

pub(super) fn is_street(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    (1..=6).contains(&digits) && letters >= 3 && !text.contains('@')
}

/// The block whose lines hold the words.
pub(super) fn block_of(ctx: &Context<'_>, blocks: &[Block], words: &Range<usize>) -> Option<usize> {
    let cell = ctx.sheet.words.get(words.start)?.cell;
    let row = ctx.sheet.cells[cell].row;
    blocks.iter().position(|block| block.cells.contains(&cell)).or_else(|| {
        // A form has its town some rows below the name, in the same column.
        blocks.iter().position(|block| {
            let town = &ctx.sheet.cells[block.town.cell];
            town.row > row && town.row <= row + 5 && (town.x0 - ctx.sheet.cells[cell].x0).abs() < 8.0
        })
    })
}

/// Signs that part the pieces of an address in one line.
const BULLETS: [char; 5] = ['\u{2022}', '|', '\u{b7}', '\u{25cf}', '\u{2219}'];

/// "Acme GmbH • Hauptstr. 1 • 12345 Berlin": the sender in small letters over the window.
pub(super) fn is_sender_line(text: &str) -> bool {
    let parts = sender_parts(text);
    let has_digit = |part: &str| part.bytes().any(|b| b.is_ascii_digit());
    let is_code = |word: &str| (4..=5).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    let has_code = parts.iter().skip(1).any(|part| part.split(' ').any(is_code));
    // Street and postcode: two parts with digits between bullets say it too, whatever the postcode looks like.
    let has_both = text.contains(BULLETS) && parts.iter().skip(1).filter(|part| has_digit(part)).count() >= 2;
    parts.len() >= 3 && !parts.first().is_some_and(|part| has_digit(part)) && (has_code || has_both)
}

pub(super) fn sender_parts(text: &str) -> Vec<&str> {
    let strong: Vec<&str> = text
        .split(['\u{2022}', '|', '\u{b7}', '\u{25cf}', '\u{2219}', '\u{2013}', '\u{2014}', '*', '\u{25aa}'])
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect();
    if strong.len() >= 3 {
        return strong;
    }
    let dashed: Vec<&str> = text.split(" - ").map(str::trim).filter(|p| !p.is_empty()).collect();
    if dashed.len() >= 3 {
        return dashed;
    }
    text.split(", ").map(str::trim).filter(|p| !p.is_empty()).collect()
}
