//! Cells of lines and VAT rows as people type, paste and read them.

use crate::domain::{
    arithmetic,
    field::Field,
    money::Decimal,
    rows::{Cell, CellKind, Row},
};
use crate::ui::format::{NumberStyle, amount, parse_amount, quantity};

/// The most rows and columns taken from a paste.
const MAX_PASTED: (usize, usize) = (500, 20);
/// Characters of a description that name its row.
const MAX_NAME: usize = 40;

/// What was typed into a cell, in the form we keep; or why it is no such value.
pub fn normalise(cell: Cell, typed: &str, numbers: NumberStyle) -> Result<String, &'static str> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(String::new());
    }
    match cell.kind() {
        CellKind::Text => Ok(typed.split_whitespace().collect::<Vec<_>>().join(" ")),
        CellKind::Amount | CellKind::Quantity => figure(cell, typed, numbers),
    }
}

fn figure(cell: Cell, typed: &str, numbers: NumberStyle) -> Result<String, &'static str> {
    // Rates are often copied with their sign.
    let typed = if cell == Cell::TaxRate { typed.trim_end_matches('%').trim_end() } else { typed };
    let number = |digits: &str| parse_amount(digits, numbers)?.parse::<Decimal>().ok();
    let value = if arithmetic::is_sum(typed) {
        arithmetic::evaluate(typed, number).ok_or("this sum can not be worked out")?
    } else {
        number(typed).ok_or("this is not a number")?
    };
    Ok(kept(cell, value))
}

/// A number in the form we keep: amounts with two decimals or more, the rest with those it needs.
pub fn kept(cell: Cell, value: Decimal) -> String {
    let mut value = value.round_dp(if cell.kind() == CellKind::Amount { 4 } else { 6 }).normalize();
    match (cell.kind(), value.scale()) {
        (CellKind::Amount, 0 | 1) => value.rescale(2),
        // Three decimals read as thousands.
        (_, 3) => value.rescale(4),
        _ => {}
    }
    value.to_string()
}

/// A kept value as it stands in its cell.
pub fn shown(cell: Cell, text: &str, numbers: NumberStyle) -> String {
    match cell.kind() {
        CellKind::Text => text.to_owned(),
        CellKind::Amount if text.is_empty() => String::new(),
        CellKind::Amount => amount(text, numbers),
        CellKind::Quantity => quantity(text, numbers),
    }
}

/// The text of a cell for a control of one line.
pub fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

/// Cells copied from a spreadsheet: columns parted by tabs, rows by line ends. None: it is one cell, which the control
/// takes itself.
pub fn table(text: &str) -> Option<Vec<Vec<String>>> {
    let text = text.trim_end_matches(['\r', '\n']);
    if !text.contains(['\t', '\n']) {
        return None;
    }
    let cells = |row: &str| row.split('\t').take(MAX_PASTED.1).map(|cell| cell.trim().to_owned()).collect();
    Some(text.lines().take(MAX_PASTED.0).map(cells).collect())
}

/// A row in one sentence: what it is for, and its figures.
pub fn row_words(field: Field, value: &str, numbers: NumberStyle) -> String {
    let Some(row) = Row::parse(field, value) else { return "removed".to_owned() };
    let cells = row.cells().iter().filter(|cell| !row.get(**cell).is_empty());
    cells.map(|cell| cell_words(&row, *cell, numbers)).collect::<Vec<_>>().join(", ")
}

fn cell_words(row: &Row, cell: Cell, numbers: NumberStyle) -> String {
    let text = shown(cell, row.get(cell), numbers);
    let text = if text.is_empty() { "(empty)" } else { text.as_str() };
    if cell == Cell::Description { text.to_owned() } else { [cell.label(), " ", text].concat() }
}

/// What a row is called: by what it is for, now or before.
pub fn row_name(field: Field, before: &str, after: &str) -> String {
    let description = |value| Row::parse(field, value).map(|row| row.get(Cell::Description).to_owned());
    let description = description(after).or_else(|| description(before)).unwrap_or_default();
    if description.is_empty() {
        return field.label().to_owned();
    }
    let short: String = description.chars().take(MAX_NAME).collect();
    let end = if short.len() < description.len() { "…" } else { "" };
    [field.label(), " “", short.trim_end(), end, "”"].concat()
}

/// What one value of a row says that another does not, as far as one has to know to choose between them.
pub fn difference_words(field: Field, value: &str, other: &str, numbers: NumberStyle) -> String {
    match (Row::parse(field, value), Row::parse(field, other)) {
        (Some(row), Some(other)) => {
            let differences = row.differences(&other);
            differences.into_iter().map(|cell| cell_words(&row, cell, numbers)).collect::<Vec<_>>().join(", ")
        }
        _ => row_words(field, value, numbers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_gets_one_line_with_its_words_apart() {
        assert_eq!(one_line("Screw\nHardened"), "Screw Hardened");
        assert_eq!(one_line("Screw"), "Screw");
    }

    #[test]
    fn what_is_typed_is_kept_exactly() {
        for (cell, typed, kept) in [
            (Cell::Net, "1.190,5", "1190.50"),
            (Cell::Net, "2*19,90", "39.80"),
            (Cell::UnitPrice, "0,0125", "0.0125"),
            (Cell::Quantity, "1,5", "1.5"),
            (Cell::Quantity, "2", "2"),
            (Cell::Quantity, "0,125", "0.1250"),
            (Cell::TaxRate, "19 %", "19"),
            (Cell::Description, "  M4   screws ", "M4 screws"),
            (Cell::Net, "", ""),
        ] {
            let found = normalise(cell, typed, NumberStyle::Comma);
            assert_eq!(found.as_deref(), Ok(kept), "{typed}");
            let again = shown(cell, kept, NumberStyle::Comma);
            assert_eq!(normalise(cell, &again, NumberStyle::Comma).as_deref(), Ok(kept), "{typed} shown as {again}");
        }
        assert!(normalise(Cell::Net, "ten", NumberStyle::Point).is_err());
        assert!(normalise(Cell::Net, "1/0", NumberStyle::Point).is_err());
    }

    #[test]
    fn a_paste_of_one_cell_is_left_to_the_control() {
        assert_eq!(table("one"), None);
        assert_eq!(table("one\n"), None);
        assert_eq!(table("a\tb\r\nc\t\r\n"), Some(vec![vec!["a".into(), "b".into()], vec!["c".into(), String::new()]]));
    }

    #[test]
    fn rows_are_told_by_what_differs() {
        let mut row = Row::new(Field::Line(1)).unwrap();
        row.set(Cell::Description, "Screws".to_owned());
        row.set(Cell::Net, "10.00".to_owned());
        let before = row.value();
        row.set(Cell::Net, "1200.00".to_owned());
        let words = |value: &str, other: &str| difference_words(Field::Line(1), value, other, NumberStyle::Point);
        assert_eq!(words(&row.value(), &before), "Net 1,200.00");
        assert_eq!(words(&row.value(), ""), "Screws, Net 1,200.00");
        assert_eq!(words("", &before), "removed");
    }
}
