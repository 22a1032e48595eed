//! Lines and VAT rows on the review page. A row that is being edited is a draft: its cells in the form we keep, on the
//! version the person saw; leaving the row sends it as one change.

use super::{Drafts, Review};
use crate::domain::{
    field::{Field, MAX_ROWS, RowNumber},
    invoice::FieldConflict,
    money::Decimal,
    reading::InvoiceLine,
    rows::{Cell, Row, merge, order, order_after},
};
use crate::ui::pages::review::cells::{self, Lost, lost_words};
use crate::ui::state::edits::{Direction, Pending};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Which rows are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    Lines,
    Vat,
}

impl Rows {
    pub fn field(self, number: RowNumber) -> Field {
        match self {
            Rows::Lines => Field::Line(number),
            Rows::Vat => Field::VatRow(number),
        }
    }

    fn of(field: Field) -> Option<Rows> {
        [Rows::Lines, Rows::Vat].into_iter().find(|rows| rows.holds(&field))
    }

    fn holds(self, field: &Field) -> bool {
        match self {
            Rows::Lines => matches!(field, Field::Line(_)),
            Rows::Vat => matches!(field, Field::VatRow(_)),
        }
    }
}

impl Review {
    /// The rows to show, in their order: the server's, with what is on its way and what is being typed.
    pub fn rows(self, rows: Rows) -> Vec<Field> {
        let mut shown: Vec<(Field, Row)> =
            self.known_rows(rows).into_iter().filter_map(|field| Some((field, self.row(field)?))).collect();
        shown.sort_by_key(|(field, row)| match (field, row) {
            (Field::Line(number), Row::Line(line)) => order(*number, line),
            (field, _) => (0, field.row().unwrap_or_default()),
        });
        shown.into_iter().map(|(field, _)| field).collect()
    }

    /// Every row that there is or was.
    fn known_rows(self, rows: Rows) -> BTreeSet<Field> {
        let mut fields: BTreeSet<Field> =
            self.detail.with(|detail| detail.fields.keys().copied().filter(|field| rows.holds(field)).collect());
        fields.extend(self.edits.fields_of(self.id).into_iter().filter(|field| rows.holds(field)));
        fields.extend(self.drafts.with(Drafts::fields).into_iter().filter(|field| rows.holds(field)));
        fields
    }

    /// A row as it is shown; None: it was removed.
    pub fn row(self, field: Field) -> Option<Row> {
        let draft = self.drafts.with(|drafts| drafts.get(field).map(|draft| draft.text.clone()));
        Row::parse(field, &draft.unwrap_or_else(|| self.value(field)))
    }

    /// Takes what was typed into a cell. What is no such value stays in its control, with the reason under the row.
    pub fn type_cell(self, field: Field, cell: Cell, typed: &str) {
        let Some(mut row) = untrack(|| self.row(field)) else { return };
        match cells::normalise(cell, typed, self.numbers) {
            Err(reason) => {
                let reason = [cell.label(), ": ", reason].concat();
                self.refused.update(|refused| drop(refused.insert(field, reason)));
            }
            Ok(text) => {
                self.forgive(field);
                let before = row.clone();
                row.set(cell, text);
                follow(&before, &mut row, cell);
                self.draft(field, row.value());
            }
        }
    }

    /// The row is left: sends what was changed. A row that was added and stayed empty goes. False: it was refused, and
    /// the focus should stay.
    pub fn leave_row(self, field: Field) -> bool {
        if self.is_refused(field) {
            return false;
        }
        let Some(draft) = self.drafts.with_untracked(|drafts| drafts.get(field).cloned()) else { return true };
        let before = untrack(|| self.value(field));
        let is_blank = Row::parse(field, &draft.text).is_none_or(|row| row.is_blank());
        let is_new = Row::parse(field, &before).is_none();
        let is_changed = self.drafts.with_untracked(|drafts| drafts.is_change(field, &draft.text, &before));
        if is_changed && !(is_new && is_blank) {
            self.undo.update(super::UndoLists::forget_undone);
            self.send(field, draft.seen, draft.text, Direction::Forward);
        }
        self.drop_draft(field);
        true
    }

    /// Adds a row behind another, or at the end, and gives its name. It is sent when it is left.
    pub fn add_row(self, rows: Rows, after: Option<Field>) -> Option<Field> {
        let field = self.next_row(rows)?;
        let row = self.placed(Row::new(field)?, rows, after);
        self.draft(field, row.value());
        Some(field)
    }

    /// A number that no row has or had.
    pub fn next_row(self, rows: Rows) -> Option<Field> {
        let last = untrack(|| self.known_rows(rows)).iter().filter_map(|field| field.row()).max().unwrap_or(0);
        (last < MAX_ROWS).then(|| rows.field(last + 1))
    }

    /// The row with the order that puts it behind `after`; behind the last one, where that is not its place by number.
    fn placed(self, mut row: Row, rows: Rows, after: Option<Field>) -> Row {
        let Row::Line(line) = &mut row else { return row };
        let fields = untrack(|| self.rows(rows));
        let lines: Vec<(RowNumber, InvoiceLine)> = fields
            .iter()
            .filter_map(|field| match (field, untrack(|| self.row(*field))?) {
                (Field::Line(number), Row::Line(line)) => Some((*number, line)),
                _ => None,
            })
            .collect();
        let at = match after.and_then(|after| fields.iter().position(|field| *field == after)) {
            Some(at) => at,
            None if lines.iter().any(|(_, line)| line.order.is_some()) => lines.len() - 1,
            None => return row,
        };
        let pair = |at: usize| lines.get(at).map(|(number, line)| (*number, line));
        if let Some(here) = pair(at) {
            line.order = Some(order_after(here, pair(at + 1)));
        }
        row
    }

    /// Whether what was typed into a field is no such value.
    pub fn is_refused(self, field: Field) -> bool {
        self.refused.with_untracked(|refused| refused.contains_key(&field))
    }

    /// Takes a row out of the invoice; a toast offers to bring it back.
    pub fn remove_row(self, field: Field) {
        let is_saved = Row::parse(field, &untrack(|| self.value(field))).is_some();
        self.drop_draft(field);
        if is_saved {
            self.undo.update(super::UndoLists::forget_undone);
            let version = self.version_of(field);
            let action = self.as_one(|| self.send(field, version, String::new(), Direction::Forward));
            let words = if matches!(field, Field::Line(_)) { "Line removed" } else { "VAT row removed" };
            self.toasts.ok_with(words, self.undo_of(action));
        }
    }

    /// Somebody else changed the same row. Where they changed other cells, both stand; where they added a row under the
    /// same number, this one gets another. True: nobody has to choose.
    pub(super) fn merge_row(self, pending: &Pending, conflict: &FieldConflict) -> bool {
        let field = conflict.name;
        let (Some(rows), Some(theirs)) = (Rows::of(field), conflict.theirs.as_deref()) else { return false };
        let is_new = pending.edit.base_version == 0;
        let merged = match &conflict.base {
            _ if is_new => Some(conflict.mine.clone()),
            Some(base) => merge(field, base, &conflict.mine, theirs),
            None => None,
        };
        let Some(merged) = merged else { return false };
        let place = pending.edit.place;
        let needs_sending = merged != theirs || !place.is_kept();
        self.take_theirs(conflict);
        if is_new {
            let Some(field) = self.next_row(rows) else { return false };
            self.send_placed(field, 0, merged, place, pending.direction);
        } else if needs_sending {
            self.send_placed(field, conflict.version, merged, place, pending.direction);
        }
        self.edits.forget(&pending.key);
        true
    }

    /// Makes two lines of one, each with half of its quantity and amount.
    pub fn split_row(self, field: Field) {
        if !self.leave_row(field) {
            return;
        }
        let (Some(mut first), Some(new)) = (untrack(|| self.row(field)), self.next_row(Rows::Lines)) else { return };
        let mut second = self.placed(first.clone(), Rows::Lines, Some(field));
        if let (Row::Line(line), Some(number)) = (&mut second, new.row()) {
            line.id = number.to_string();
        }
        for cell in [Cell::Quantity, Cell::Net] {
            let Some((half, rest)) = halves(first.get(cell), cell) else { continue };
            first.set(cell, half);
            second.set(cell, rest);
        }
        halve_allowances(&mut first, &mut second);
        self.undo.update(super::UndoLists::forget_undone);
        let version = self.version_of(field);
        self.as_one(|| {
            self.send(field, version, first.value(), Direction::Forward);
            self.send(new, 0, second.value(), Direction::Forward);
        });
    }

    /// Writes cells copied from a spreadsheet, from `cell` of a row on to the right and down. Rows that are missing are
    /// added; what is no such value is left out, and a message names it. All is sent at once, to be undone at once.
    pub fn paste(self, rows: Rows, field: Field, columns: &[Cell], cell: Cell, table: &[Vec<String>]) {
        let from = columns.iter().position(|column| *column == cell).unwrap_or(0);
        self.as_one(|| self.paste_into(rows, field, &columns[from..], table));
        // The row one is in stays a form.
        self.begin(field);
    }

    fn paste_into(self, rows: Rows, field: Field, columns: &[Cell], table: &[Vec<String>]) {
        let mut fields = untrack(|| self.rows(rows));
        let Some(first) = fields.iter().position(|shown| *shown == field) else { return };
        let mut lost = Vec::new();
        for (at, texts) in table.iter().enumerate() {
            let field = match fields.get(first + at) {
                Some(field) => *field,
                None => {
                    let Some(new) = self.add_row(rows, fields.last().copied()) else { break };
                    fields.push(new);
                    new
                }
            };
            self.begin(field);
            for (cell, text) in columns.iter().zip(texts) {
                self.type_cell(field, *cell, text);
                if self.is_refused(field) {
                    lost.push(Lost { row: first + at + 1, cell: *cell, text });
                }
                self.forgive(field);
            }
            self.leave_row(field);
        }
        if let Some(words) = lost_words(&lost) {
            self.toasts.failed(words);
        }
    }
}

/// What depends on a changed cell and was right before follows it: the line's amount its quantity and price, the VAT its
/// base and rate.
fn follow(before: &Row, row: &mut Row, changed: Cell) {
    let (one, other, result) = match (row.cells() == Cell::OF_LINE, changed) {
        (true, Cell::Quantity | Cell::UnitPrice) => (Cell::Quantity, Cell::UnitPrice, Cell::Net),
        (false, Cell::Base | Cell::TaxRate) => (Cell::Base, Cell::TaxRate, Cell::Tax),
        _ => return,
    };
    let product = |row: &Row| {
        let number = |cell| row.get(cell).parse::<Decimal>().ok();
        let product = number(one)?.checked_mul(number(other)?)?;
        let product = if result == Cell::Tax { product.checked_div(Decimal::ONE_HUNDRED)? } else { product };
        let mut product = product.round_dp(2);
        product.rescale(2);
        Some(product)
    };
    let was_right = before.get(result).is_empty()
        || product(before).is_some_and(|product| before.get(result).parse() == Ok(product));
    if let Some(product) = product(row).filter(|_| was_right) {
        row.set(result, product.to_string());
    }
}

/// What a line takes off is shared like its amount.
fn halve_allowances(first: &mut Row, second: &mut Row) {
    if let (Row::Line(first), Row::Line(second)) = (first, second)
        && let Some((half, rest)) = first.allowances.as_deref().and_then(|whole| halves(whole, Cell::Net))
    {
        (first.allowances, second.allowances) = (Some(half), Some(rest));
    }
}

/// Two parts that add up to a number.
fn halves(text: &str, cell: Cell) -> Option<(String, String)> {
    let whole: Decimal = text.parse().ok()?;
    let half = (whole / Decimal::TWO).round_dp(if cell == Cell::Net { 2 } else { 6 });
    let text = |part: Decimal| cells::kept(cell, part);
    Some((text(half), text(whole - half)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[(Cell, &str)]) -> Row {
        let mut row = Row::new(Field::Line(1)).unwrap();
        cells.iter().for_each(|(cell, text)| row.set(*cell, (*text).to_owned()));
        row
    }

    fn net_after(before: &Row, cell: Cell, text: &str) -> String {
        let mut row = before.clone();
        row.set(cell, text.to_owned());
        follow(before, &mut row, cell);
        row.get(Cell::Net).to_owned()
    }

    #[test]
    fn the_amount_follows_its_quantity_and_price_where_it_was_their_product() {
        let right = line(&[(Cell::Quantity, "2"), (Cell::UnitPrice, "9.95"), (Cell::Net, "19.90")]);
        assert_eq!(net_after(&right, Cell::Quantity, "3"), "29.85");
        assert_eq!(net_after(&right, Cell::UnitPrice, "10"), "20.00");
        assert_eq!(net_after(&right, Cell::Quantity, ""), "19.90");
        let discounted = line(&[(Cell::Quantity, "2"), (Cell::UnitPrice, "9.95"), (Cell::Net, "15.00")]);
        assert_eq!(net_after(&discounted, Cell::Quantity, "3"), "15.00", "it was something else on purpose");
        let unknown = line(&[(Cell::Quantity, "2"), (Cell::UnitPrice, "9.95")]);
        assert_eq!(net_after(&unknown, Cell::Quantity, "4"), "39.80");
    }

    #[test]
    fn halves_add_up() {
        assert_eq!(halves("10.01", Cell::Net), Some(("5.00".into(), "5.01".into())));
        assert_eq!(halves("3", Cell::Quantity), Some(("1.5".into(), "1.5".into())));
        assert_eq!(halves("", Cell::Net), None);
        let with = |allowances: &str| {
            Row::Line(InvoiceLine { allowances: Some(allowances.to_owned()), ..InvoiceLine::default() })
        };
        let (mut first, mut second) = (with("2.01"), with("2.01"));
        halve_allowances(&mut first, &mut second);
        assert_eq!((first, second), (with("1.00"), with("1.01")));
    }
}
