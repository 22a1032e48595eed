//! Cells of lines and VAT rows as people type, paste and read them.

use crate::domain::{
    arithmetic,
    field::{Field, RowNumber},
    money::Decimal,
    reading::InvoiceLine,
    rows::{Cell, CellKind, Row},
};
use crate::ui::format::{NumberStyle, amount, counted, parse_amount, quantity};

/// The most rows and columns taken from a paste.
const MAX_PASTED: (usize, usize) = (500, 20);
/// Characters of a description that name its row.
const MAX_NAME: usize = 40;
/// Pasted cells that are named when they could not be taken, and characters of each.
const MAX_LOST_NAMED: usize = 3;
const MAX_LOST: usize = 20;

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
    if cell.kind() == CellKind::Amount && value.scale() < 2 {
        value.rescale(2);
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

/// Cells copied from a spreadsheet: columns parted by tabs, rows by line ends. What holds one of these itself stands in
/// quotes. None: it is one cell, which the control takes itself.
pub fn table(text: &str) -> Option<Vec<Vec<String>>> {
    let text = text.trim_end_matches(['\r', '\n']);
    let mut rows = vec![Vec::new()];
    let mut rest = text;
    loop {
        let (cell, after) = first_cell(rest);
        if let Some(row) = rows.last_mut().filter(|row| row.len() < MAX_PASTED.1) {
            row.push(cell);
        }
        match after.split_at_checked(1) {
            Some(("\n", _)) if rows.len() == MAX_PASTED.0 => break,
            Some(("\n", next)) => {
                rows.push(Vec::new());
                rest = next;
            }
            Some((_, next)) => rest = next,
            None => break,
        }
    }
    let is_one = matches!(&rows[..], [row] if matches!(&row[..], [cell] if cell == text.trim()));
    (!is_one).then_some(rows)
}

/// A cell at the beginning of a text, and what follows it, from the tab or line end on.
fn first_cell(text: &str) -> (String, &str) {
    quoted_cell(text).unwrap_or_else(|| {
        let (cell, after) = text.split_at(text.find(['\t', '\n']).unwrap_or(text.len()));
        (cell.trim().to_owned(), after)
    })
}

/// A cell in quotes, two of which stand for one. None: it is not in quotes, or those are its own.
fn quoted_cell(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('"')?;
    let mut cell = String::new();
    loop {
        let (inside, after) = rest.split_once('"')?;
        cell.push_str(inside);
        let Some(more) = after.strip_prefix('"') else {
            let after = after.strip_prefix('\r').unwrap_or(after);
            let is_end = after.is_empty() || after.starts_with(['\t', '\n']);
            return is_end.then(|| (cell.trim().to_owned(), after));
        };
        cell.push('"');
        rest = more;
    }
}

/// A pasted text that is no value for its cell.
pub struct Lost<'a> {
    /// Its place in the table, from 1.
    pub row: usize,
    pub cell: Cell,
    pub text: &'a str,
}

/// What of a paste could not be taken, the first of it by name; None: all was.
pub fn lost_words(lost: &[Lost]) -> Option<String> {
    let named = lost.iter().take(MAX_LOST_NAMED).map(|lost| {
        ["row ", &lost.row.to_string(), " ", lost.cell.label(), " “", &shortened(lost.text, MAX_LOST), "”"].concat()
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let end = if lost.len() > MAX_LOST_NAMED { " …" } else { "" };
    let count = counted(lost.len() as i64, "cell", "cells");
    (!lost.is_empty()).then(|| [&count, " could not be taken: ", &named, end].concat())
}

/// The cell that a broken rule of a row is about, where it is about one.
pub fn concerned(rule: &str) -> Option<Cell> {
    Some(match rule {
        "BR-22" => Cell::Quantity,
        "BR-23" => Cell::Unit,
        "BR-24" | "PEPPOL-EN16931-R120" => Cell::Net,
        "BR-25" => Cell::Description,
        "BR-26" | "BR-27" => Cell::UnitPrice,
        "BR-CO-04" => Cell::TaxCategory,
        "BR-CO-17" => Cell::Tax,
        "BR-S-08" | "BR-Z-08" => Cell::Base,
        _ => return None,
    })
}

/// The cell that a reason begins with: `Price: this is not a number`.
pub fn named_in(reason: &str) -> Option<Cell> {
    let (name, _) = reason.split_once(": ")?;
    Cell::OF_LINE.into_iter().chain(Cell::OF_VAT_ROW).find(|cell| cell.label() == name)
}

/// What else a line says, to stand small under what it is for. Its number only where it is not just `place`, its place in
/// the document; its VAT category only where that is not the standard one, which nearly all lines have.
pub fn aside(line: &InvoiceLine, place: RowNumber, numbers: NumberStyle) -> Option<String> {
    let named = |name: &str, text: &str| (!text.is_empty()).then(|| [name, " ", text].concat());
    let filled = |name: &str, text: &Option<String>| named(name, text.as_deref().unwrap_or_default());
    let parts = [
        named("No.", &line.id).filter(|_| line.id != place.to_string()),
        filled("Item", &line.item_number),
        filled("VAT category", &line.tax_category).filter(|_| line.tax_category.as_deref() != Some("S")),
        line.allowances.as_deref().and_then(|less| allowance_words(less, numbers)),
        line.informative.then(|| "Information only".to_owned()),
    ];
    let words = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    (!words.is_empty()).then_some(words)
}

/// What a line takes off its quantity × price, or adds.
fn allowance_words(less: &str, numbers: NumberStyle) -> Option<String> {
    let is_something = less.parse::<Decimal>().is_ok_and(|less| !less.is_zero());
    let (name, size) = less.strip_prefix('-').map_or(("Allowance ", less), |more| ("Charge ", more));
    is_something.then(|| [name, &amount(size, numbers)].concat())
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
    [field.label(), " “", &shortened(&description, MAX_NAME), "”"].concat()
}

fn shortened(text: &str, most: usize) -> String {
    let short: String = text.chars().take(most).collect();
    let end = if short.len() < text.len() { "…" } else { "" };
    [short.trim_end(), end].concat()
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
            (Cell::Quantity, "0,125", "0.125"),
            (Cell::UnitPrice, "1,375", "1.375"),
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
    fn what_a_line_says_besides_its_cells() {
        let some = |text: &str| Some(text.to_owned());
        let plain = InvoiceLine { id: "3".to_owned(), ..InvoiceLine::default() };
        let told = |line: &InvoiceLine| aside(line, 3, NumberStyle::Comma);
        assert_eq!(told(&plain), None, "its number is its place");
        assert_eq!(told(&InvoiceLine { allowances: some("0.00"), ..plain.clone() }), None);
        assert_eq!(told(&InvoiceLine { tax_category: some("S"), ..plain.clone() }), None);
        let full = InvoiceLine {
            id: "30".to_owned(),
            item_number: some("4711"),
            tax_category: some("AE"),
            allowances: some("2.50"),
            informative: true,
            ..plain.clone()
        };
        let words = "No. 30 · Item 4711 · VAT category AE · Allowance 2,50 · Information only";
        assert_eq!(told(&full).as_deref(), Some(words));
        assert_eq!(told(&InvoiceLine { allowances: some("-2.50"), ..plain }).as_deref(), Some("Charge 2,50"));
    }

    #[test]
    fn what_is_wrong_with_a_row_names_its_cell() {
        assert_eq!(named_in("Price: this is not a number"), Some(Cell::UnitPrice));
        assert_eq!(named_in("VAT %: this is not a number"), Some(Cell::TaxRate));
        assert_eq!(named_in("Somebody was first"), None);
        assert_eq!((concerned("PEPPOL-EN16931-R120"), concerned("BR-21")), (Some(Cell::Net), None));
    }

    #[test]
    fn a_paste_of_one_cell_is_left_to_the_control() {
        assert_eq!(table("one"), None);
        assert_eq!(table("one\n"), None);
        assert_eq!(table("a\tb\r\nc\t\r\n"), Some(vec![vec!["a".into(), "b".into()], vec!["c".into(), String::new()]]));
    }

    #[test]
    fn what_stands_in_quotes_is_one_cell() {
        for (pasted, cells) in [
            ("\"a\nb\"\tc", vec![vec!["a\nb", "c"]]),
            ("\"a\r\nb\"\r\nc", vec![vec!["a\r\nb"], vec!["c"]]),
            ("\"a\tb\"\t1", vec![vec!["a\tb", "1"]]),
            ("\"say \"\"no\"\"\nor not\"\t1", vec![vec!["say \"no\"\nor not", "1"]]),
            ("\"\"\t1", vec![vec!["", "1"]]),
            ("\"one\ncell\"", vec![vec!["one\ncell"]]),
            // Their own: spreadsheets put none around what needs none.
            ("2\" pipe\t1", vec![vec!["2\" pipe", "1"]]),
            ("\"Big\" pipe\t1\nx\ty", vec![vec!["\"Big\" pipe", "1"], vec!["x", "y"]]),
            ("\"open\t1\nx", vec![vec!["\"open", "1"], vec!["x"]]),
            ("\t\na\tä", vec![vec!["", ""], vec!["a", "ä"]]),
        ] {
            assert_eq!(
                table(pasted).as_deref(),
                Some(&cells.iter().map(|row| own(row)).collect::<Vec<_>>()[..]),
                "{pasted:?}"
            );
        }
        assert_eq!(table("\"open"), None);
    }

    fn own(row: &[&str]) -> Vec<String> {
        row.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn a_table_that_is_too_large_is_cut() {
        let wide = ["x\t".repeat(30), "\n".to_owned()].concat().repeat(600);
        let taken = table(&wide).unwrap();
        assert_eq!((taken.len(), taken[0].len(), taken[499].len()), (MAX_PASTED.0, MAX_PASTED.1, MAX_PASTED.1));
    }

    #[test]
    fn what_could_not_be_taken_is_named() {
        let lost = |row, text| Lost { row, cell: Cell::Quantity, text };
        assert_eq!(lost_words(&[]), None);
        assert_eq!(lost_words(&[lost(3, "abc")]).unwrap(), "1 cell could not be taken: row 3 Quantity “abc”");
        let many = ["a", "b", "a very long text in this cell", "d"];
        let many: Vec<Lost> = (1..).zip(many).map(|(row, text)| lost(row, text)).collect();
        assert_eq!(
            lost_words(&many).unwrap(),
            "4 cells could not be taken: row 1 Quantity “a”, row 2 Quantity “b”, row 3 Quantity “a very long text in…” …"
        );
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
