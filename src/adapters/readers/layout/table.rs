//! The table of items: finds its head, reads its lines, leaves out sums.

use super::amounts::Amount;
use super::columns::{Column, Head, heads_in, stacked};
use super::find::Context;
use super::labels::{Found, Label};
use crate::domain::{en16931::sums, money::Decimal};
use std::ops::Range;

/// Lines beyond this are not read.
const MAX_LINES: usize = 2000;
/// Rows that a head may spread over, above and below its main row.
const HEAD_ROWS: usize = 3;

/// One line of the table.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub position: Option<String>,
    pub item: String,
    pub description: String,
    pub quantity: Option<Decimal>,
    pub unit: Option<String>,
    pub price: Option<Decimal>,
    pub net: Option<Decimal>,
    pub gross: Option<Decimal>,
    pub tax_rate: Option<Decimal>,
    pub discount: Option<Discount>,
    /// The words of its first row.
    pub words: Range<usize>,
    /// How many rows its text has.
    pub rows: usize,
}

/// What the column of discounts says of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Discount {
    value: Decimal,
    percent: bool,
}

impl Line {
    /// What the line takes off quantity × price. A figure without a sign may be an amount or a rate, and a minus in front
    /// says nothing: what leads to the line's sum is meant. None where the price has it in already.
    pub fn allowances(&self) -> Option<Decimal> {
        let Discount { value, percent } = self.discount?;
        let (product, net) = (sums::product(self.quantity?, self.price?)?, self.net.or(self.gross)?);
        let fits = |off: &Decimal| (product - off - net).abs() <= Decimal::new(2, 2);
        let share = sums::product(product, value.abs() / Decimal::ONE_HUNDRED)?.round_dp(2);
        let meant = if percent { [share, -share, share] } else { [value.abs(), share, -value.abs()] };
        let off = meant.into_iter().find(fits).unwrap_or(meant[0]);
        (!fits(&Decimal::ZERO) && !off.is_zero()).then_some(off)
    }
}

#[derive(Debug, Default)]
pub(super) struct Table {
    pub lines: Vec<Line>,
    /// The rows from the heads to the last lines.
    pub rows: Vec<Range<usize>>,
    /// Whether there were more lines than are read.
    pub is_cut: bool,
}

struct Header {
    rows: Range<usize>,
    heads: Vec<Head>,
}

/// Reads all tables of items of the document, in order.
pub(super) fn read(ctx: &Context<'_>) -> Table {
    let headers = headers(ctx);
    let mut table = Table::default();
    for (index, header) in headers.iter().enumerate() {
        let end = headers.get(index + 1).map_or(ctx.sheet.rows.len(), |next| next.rows.start);
        let mut lines = Vec::new();
        let (last, is_cut) = read_body(ctx, header, header.rows.end..end, &mut lines);
        table.is_cut |= is_cut;
        // Where lines have their sums, a row without one is a remark with numbers in it.
        if lines.iter().any(|line: &Line| line.net.is_some()) {
            lines.retain(|line| line.net.is_some());
        }
        table.lines.append(&mut lines);
        table.rows.push(header.rows.start..last);
    }
    table
}

/// The heads of all tables of items, top to bottom; a table that goes on over pages repeats its head.
fn headers(ctx: &Context<'_>) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    let mut row = 0;
    while row < ctx.sheet.rows.len() {
        match header_at(ctx, row) {
            Some(header) => {
                row = header.rows.end.max(row + 1);
                headers.push(header);
            }
            None => row += 1,
        }
    }
    headers
}

fn header_at(ctx: &Context<'_>, row: usize) -> Option<Header> {
    let sheet = ctx.sheet;
    let main = &sheet.rows[row];
    if main.cells.len() < 2 && main.words.len() < 3 || has_numbers(ctx, row) {
        return None;
    }
    let mut heads = Vec::new();
    let mut strange = 0;
    for cell in &sheet.cells[main.cells.clone()] {
        let (found, unknown) = heads_in(sheet, cell.tokens.clone());
        strange += unknown;
        heads.extend(found);
    }
    let known: usize = heads.iter().map(|head| head.known).sum();
    if heads.len() < 2 || strange > known + 1 {
        return None;
    }
    let rows = stack(ctx, row, &mut heads);
    settle(&mut heads);
    is_item_table(&heads).then_some(Header { rows, heads })
}

fn has_numbers(ctx: &Context<'_>, row: usize) -> bool {
    let words = ctx.sheet.rows[row].words.clone();
    !ctx.values.amounts_in(words.clone()).is_empty() || words.into_iter().any(|word| ctx.values.date_at(word).is_some())
}

/// Adds the heads whose words stand over several rows, above and below the main one.
fn stack(ctx: &Context<'_>, main: usize, heads: &mut Vec<Head>) -> Range<usize> {
    let sheet = ctx.sheet;
    let page = sheet.rows[main].page;
    let near = |from: usize, to: usize| {
        sheet.rows[to].page == page
            && !has_numbers(ctx, to)
            && (sheet.rows[to].y0 - sheet.rows[from].y1).max(sheet.rows[from].y0 - sheet.rows[to].y1)
                < 0.7 * sheet.row_height(from)
    };
    let mut first = main;
    while first > 0 && main - first < HEAD_ROWS && near(first, first - 1) {
        first -= 1;
    }
    let mut end = main + 1;
    while end < sheet.rows.len() && end - main <= HEAD_ROWS && near(end - 1, end) && heads_only(ctx, end, heads) {
        end += 1;
    }
    let mut cells: Vec<usize> = sheet.rows[first..end].iter().flat_map(|row| row.cells.clone()).collect();
    cells.sort_by(|&a, &b| sheet.cells[a].x0.total_cmp(&sheet.cells[b].x0));
    let covered = |heads: &[Head], x0: f32, x1: f32| heads.iter().any(|head| head.x0 < x1 && x0 < head.x1);
    // Columns of cells that stand over each other, without those that the main row names already.
    let mut stacks: Vec<(f32, f32, Vec<usize>)> = Vec::new();
    for cell in cells {
        let (x0, x1) = (sheet.cells[cell].x0, sheet.cells[cell].x1);
        match stacks.last_mut() {
            Some(stack) if x0 < stack.1 => {
                stack.1 = stack.1.max(x1);
                stack.2.push(cell);
            }
            _ => stacks.push((x0, x1, vec![cell])),
        }
    }
    for (x0, x1, mut cells) in stacks {
        if cells.len() < 2 || covered(heads, x0, x1) {
            continue;
        }
        cells.sort_unstable();
        let text = cells
            .iter()
            .flat_map(|&cell| sheet.tokens[sheet.cells[cell].tokens.clone()].iter())
            .map(|token| token.text.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        if let Some(column) = stacked(&text) {
            heads.push(Head { column, x0, x1, known: 1 });
        }
    }
    heads.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    main..end
}

/// Whether a row below the head still belongs to it: every cell stands under a head or is one, and none is long.
fn heads_only(ctx: &Context<'_>, row: usize, heads: &[Head]) -> bool {
    let sheet = ctx.sheet;
    let cells = &sheet.cells[sheet.rows[row].cells.clone()];
    cells.len() < heads.len()
        && cells.iter().all(|cell| {
            let (found, strange) = heads_in(sheet, cell.tokens.clone());
            (!found.is_empty() || cell.words.len() <= 2) && strange <= found.len().max(1) && cell.words.len() <= 3
        })
        && (is_half_a_line_lower(ctx, row)
            || cells.iter().any(|cell| !heads_in(sheet, cell.tokens.clone()).0.is_empty()))
}

/// Heads of two lines beside heads of one stand half a line above and below them.
fn is_half_a_line_lower(ctx: &Context<'_>, row: usize) -> bool {
    let sheet = ctx.sheet;
    row > 0 && sheet.rows[row].y0 - sheet.rows[row - 1].y1 < 0.1 * sheet.row_height(row)
}

/// Settles heads that mean one thing in one table and another in the next.
fn settle(heads: &mut [Head]) {
    let count = |heads: &[Head], column| heads.iter().filter(|head| head.column == column).count();
    // "Amount | Product | VAT | Price | Total": the first amount is how many.
    if count(heads, Column::Amount) > 1
        && count(heads, Column::Quantity) == 0
        && let Some(first) = heads.iter().position(|head| head.column == Column::Amount)
    {
        let later_price = heads[first..].iter().any(|head| head.column == Column::Price);
        if later_price {
            heads[first].column = Column::Quantity;
        }
    }
    // Of several sums the last without VAT counts; "Net | VAT | Total" ends with the one with VAT.
    while count(heads, Column::Amount) > 1 {
        let Some(last) = heads.iter().rposition(|head| head.column == Column::Amount) else {
            break;
        };
        let Some(first) = heads.iter().position(|head| head.column == Column::Amount) else {
            break;
        };
        let tax_between = heads[first..last].iter().any(|head| head.column == Column::TaxAmount);
        if tax_between {
            heads[last].column = Column::Gross;
        } else {
            heads[first].column = if count(heads, Column::Price) == 0 { Column::Price } else { Column::TaxBase };
        }
    }
    if count(heads, Column::Amount) == 0
        && let Some(gross) = heads.iter_mut().find(|head| head.column == Column::Gross)
    {
        gross.column = Column::Amount;
    }
    // "Item | Description": the item is a number; "Item | Qty": the item is what was bought.
    if count(heads, Column::Description) == 0 {
        if let Some(item) = heads.iter_mut().find(|head| head.column == Column::Item) {
            item.column = Column::Description;
        }
    } else if count(heads, Column::Description) > 1
        && count(heads, Column::Item) == 0
        && let Some(item) = heads.iter_mut().find(|head| head.column == Column::Description)
    {
        item.column = Column::Item;
    }
}

fn is_item_table(heads: &[Head]) -> bool {
    let has = |column| heads.iter().any(|head| head.column == column);
    let says_what = has(Column::Description) || has(Column::Item);
    let says_how_much = has(Column::Amount) || has(Column::Gross);
    let is_breakdown = has(Column::TaxBase) && !has(Column::Quantity) && !has(Column::Price);
    !is_breakdown
        && ((says_how_much && (says_what || (has(Column::Quantity) && has(Column::Price))))
            || (says_what && has(Column::Quantity) && has(Column::Price)))
}

/// Reads the lines below a head; gives the row behind the last line, and whether there would have been more.
fn read_body(ctx: &Context<'_>, header: &Header, rows: Range<usize>, lines: &mut Vec<Line>) -> (usize, bool) {
    let mut last = header.rows.end;
    for row in rows {
        if is_end(ctx, header, row, !lines.is_empty()) {
            break;
        }
        let cells = Cells::read(ctx, header, row);
        if cells.is_sum(ctx, row) {
            continue;
        }
        let is_full = lines.len() >= MAX_LINES;
        match lines.last_mut() {
            Some(line) if cells.completes(line) && row <= last + 2 => {
                cells.add_to(line);
                last = row + 1;
            }
            _ if is_full && cells.begins_line(header) => {
                return (last, true);
            }
            _ if cells.begins_line(header) => {
                lines.push(cells.into_line(ctx, row));
                last = row + 1;
            }
            Some(line) if continues(ctx, row, last) && line.rows < 12 => {
                line.rows += 1;
                cells.add_text(line);
                last = row + 1;
            }
            _ => {}
        }
    }
    (last, false)
}

/// Text goes on in the next row when it stands close below, on the same page.
fn continues(ctx: &Context<'_>, row: usize, last: usize) -> bool {
    let Some(before) = last.checked_sub(1) else {
        return false;
    };
    let (above, here) = (&ctx.sheet.rows[before], &ctx.sheet.rows[row]);
    above.page == here.page && here.y0 - above.y1 < 0.9 * ctx.sheet.row_height(before)
}

/// Whether the sums begin in this row.
fn is_end(ctx: &Context<'_>, header: &Header, row: usize, has_lines: bool) -> bool {
    let words = ctx.sheet.rows[row].words.clone();
    let has_amount = !ctx.values.amounts_in(words.clone()).is_empty();
    let cells = Cells::read(ctx, header, row);
    if !has_lines || cells.quantity.is_some() || (cells.price.is_some() && cells.net.is_some()) {
        return false;
    }
    if begins_other_table(ctx, row) {
        return true;
    }
    ctx.labels_in(words).any(|label| {
        let is_sum = matches!(label.label, Label::Net | Label::Tax | Label::Gross | Label::Due | Label::LinesTotal);
        is_sum && has_amount && ctx.is_first_in_cell(label) && !is_description(ctx, label)
            || is_payment(label.label) && label.words.start == ctx.sheet.rows[row].words.start
    })
}

/// "Tax advice for March", "Total care contract": more words than a label of a sum has.
fn is_description(ctx: &Context<'_>, label: &Found) -> bool {
    let cell = &ctx.sheet.cells[label.cell];
    let rest = &ctx.sheet.tokens[label.tokens.end..cell.tokens.end];
    let is_word = |text: &str| text.len() > 3 && text.bytes().all(|b| b.is_ascii_alphabetic());
    let labelled =
        |word: usize| ctx.labels_in(label.words.end..cell.words.end).any(|other| other.words.contains(&word));
    rest.iter().filter(|token| is_word(&token.text) && !labelled(token.word)).count() >= 2
}

/// The head of a table that is none of items: of the breakdown of VAT, of the terms.
fn begins_other_table(ctx: &Context<'_>, row: usize) -> bool {
    let sheet = ctx.sheet;
    if has_numbers(ctx, row) || sheet.rows[row].cells.len() < 3 {
        return false;
    }
    let (mut heads, mut strange) = (Vec::new(), 0);
    for cell in &sheet.cells[sheet.rows[row].cells.clone()] {
        let (found, unknown) = heads_in(sheet, cell.tokens.clone());
        strange += unknown;
        heads.extend(found);
    }
    let has = |column| heads.iter().any(|head: &Head| head.column == column);
    heads.len() >= 2
        && strange <= heads.len() + 2
        && (has(Column::TaxBase) || has(Column::TaxAmount))
        && !is_item_table(&heads)
}

/// How to pay stands behind the items.
fn is_payment(label: Label) -> bool {
    matches!(label, Label::Terms | Label::Iban | Label::Bic | Label::Bank | Label::AccountName)
}

/// What one row holds, by columns.
#[derive(Default)]
struct Cells {
    position: Option<String>,
    item: String,
    text: String,
    quantity: Option<Decimal>,
    unit: Option<String>,
    price: Option<Decimal>,
    net: Option<Decimal>,
    gross: Option<Decimal>,
    tax_rate: Option<Decimal>,
    discount: Option<Discount>,
}

impl Cells {
    fn read(ctx: &Context<'_>, header: &Header, row: usize) -> Cells {
        let mut cells = Cells::default();
        let words = ctx.sheet.rows[row].words.clone();
        let mut word = words.start;
        while word < words.end {
            let amount = ctx.values.amount_at(word);
            let end = amount.map_or(word + 1, |amount| amount.words.end);
            let column = column_of(ctx, header, word..end);
            match (amount, column) {
                (Some(amount), Some(column)) if cells.take_number(amount, column) => {}
                _ => cells.take_word(ctx, word, column),
            }
            word = end;
        }
        cells
    }

    fn take_number(&mut self, amount: &Amount, column: Column) -> bool {
        if column == Column::Discount {
            self.discount = self.discount.or(Some(Discount { value: amount.value, percent: amount.percent }));
            return true;
        }
        if amount.percent {
            if column != Column::Description && self.tax_rate.is_none() {
                self.tax_rate = Some(amount.value);
            }
            return column != Column::Description;
        }
        let slot = match column {
            Column::Quantity => &mut self.quantity,
            Column::Price => &mut self.price,
            Column::Amount => &mut self.net,
            Column::Gross => &mut self.gross,
            Column::TaxRate => {
                let is_rate = amount.value >= Decimal::ZERO && amount.value <= Decimal::from(30);
                self.tax_rate = self.tax_rate.or(is_rate.then_some(amount.value));
                return true;
            }
            Column::TaxAmount | Column::TaxBase => return true,
            Column::Position => {
                return false;
            }
            _ => return false,
        };
        if slot.is_none() {
            *slot = Some(amount.value);
        }
        true
    }

    fn take_word(&mut self, ctx: &Context<'_>, word: usize, column: Option<Column>) {
        let text = ctx.sheet.words[word].text.as_str();
        if super::currency::of_sign(text).is_some() || text == "%" {
            return;
        }
        match column {
            Some(Column::Position) => self.position = Some(text.to_owned()),
            Some(Column::Item) => push_word(&mut self.item, text),
            Some(Column::Description) | None => push_word(&mut self.text, text),
            Some(Column::Unit | Column::Quantity) if self.unit.is_none() && text.len() <= 12 => {
                self.unit = Some(text.to_owned());
            }
            _ => {}
        }
    }

    fn has_text(&self) -> bool {
        self.text.chars().any(char::is_alphabetic) || !self.item.is_empty()
    }

    /// A line says what and how much: a sum beside a text, or a quantity and a price.
    fn begins_line(&self, header: &Header) -> bool {
        let has = |column| header.heads.iter().any(|head| head.column == column);
        let counts = self.quantity.is_some() && (self.price.is_some() || !has(Column::Price));
        let sums = self.net.is_some() || self.gross.is_some();
        match (sums, counts) {
            (true, true) => true,
            (true, false) => {
                let has_half = self.price.is_some() || self.quantity.is_some();
                self.has_text() && (has_half || !has(Column::Quantity) || !has(Column::Price))
            }
            (false, true) => {
                let has_cents = self.price.is_some_and(|price| price.scale() >= 2);
                has_cents && (self.has_text() || self.position.is_some())
            }
            (false, false) => false,
        }
    }

    /// Whether the row gives an open line the sum that stands a little lower than the rest.
    fn completes(&self, line: &Line) -> bool {
        line.net.is_none() && self.net.is_some() && self.quantity.is_none() && self.price.is_none()
    }

    fn add_to(self, line: &mut Line) {
        line.net = line.net.or(self.net);
        line.gross = line.gross.or(self.gross);
        line.tax_rate = line.tax_rate.or(self.tax_rate);
        self.add_text(line);
    }

    fn add_text(self, line: &mut Line) {
        push_word(&mut line.description, &self.text);
        push_word(&mut line.item, &self.item);
        line.position = line.position.take().or(self.position);
    }

    /// A sum inside of the table: "Subtotal", "Carried forward".
    fn is_sum(&self, ctx: &Context<'_>, row: usize) -> bool {
        if self.quantity.is_some() {
            return false;
        }
        ctx.labels_in(ctx.sheet.rows[row].words.clone()).any(|label| {
            matches!(label.label, Label::Subtotal | Label::CarriedOver | Label::LinesTotal | Label::Net)
                && ctx.is_first_in_cell(label)
        })
    }

    fn into_line(self, ctx: &Context<'_>, row: usize) -> Line {
        // Credit notes print the price and the quantity as they were sold, and only the sum with a minus. A price is never
        // negative (BR-27), so the minus is the quantity's.
        let is_credit = self.net.is_some_and(|net| net.is_sign_negative() && !net.is_zero());
        let is_positive = |value: Option<Decimal>| value.is_some_and(|value| value > Decimal::ZERO);
        let turn = is_credit && is_positive(self.quantity) && is_positive(self.price);
        Line {
            position: self.position,
            item: self.item,
            description: self.text,
            quantity: self.quantity.map(|quantity| if turn { -quantity } else { quantity }),
            unit: self.unit,
            price: self.price,
            net: self.net,
            gross: self.gross,
            tax_rate: self.tax_rate,
            discount: self.discount,
            words: ctx.sheet.rows[row].words.clone(),
            rows: 1,
        }
    }
}

fn push_word(text: &mut String, word: &str) {
    if word.is_empty() || text.len() > 2000 {
        return;
    }
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

/// The column that the words stand in: the one whose head they overlap, else the nearest.
fn column_of(ctx: &Context<'_>, header: &Header, words: Range<usize>) -> Option<Column> {
    let words = &ctx.sheet.words[words];
    let x0 = words.first()?.x0;
    let x1 = words.last()?.x1;
    let distance = |head: &Head| {
        let overlap = x1.min(head.x1) - x0.max(head.x0);
        if overlap > 0.0 { -overlap / (x1 - x0).max(1.0) } else { -overlap }
    };
    // Between two columns text belongs to the one on its left, numbers to the one whose right edge is nearer.
    header
        .heads
        .iter()
        .map(|head| {
            let edge = (head.x1 - x1).abs().min((head.x0 - x0).abs());
            (distance(head) + 0.02 * edge, head.column)
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, column)| column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discount_is_the_amount_or_the_rate_that_leads_to_the_sum() {
        let line = |net: &str, value: &str, percent| {
            let number = |text: &str| Some(text.parse().unwrap());
            let discount = Some(Discount { value: value.parse().unwrap(), percent });
            let line =
                Line { quantity: number("4"), price: number("25.00"), net: number(net), discount, ..Line::default() };
            line.allowances().map(|off| off.normalize().to_string())
        };
        assert_eq!(line("90.00", "10", true).as_deref(), Some("10"));
        assert_eq!(line("95.00", "5", false).as_deref(), Some("5"), "either way");
        assert_eq!(line("87.50", "12.5", false).as_deref(), Some("12.5"));
        assert_eq!(line("93.00", "-7.00", false).as_deref(), Some("7"));
        assert_eq!(line("110.00", "10.00", false).as_deref(), Some("-10"), "a surcharge");
        assert_eq!(line("100.00", "20", true), None, "it is in the price");
        assert_eq!(line("50.00", "10", true).as_deref(), Some("10"), "nothing fits, and a check tells");
    }
}
