//! Lines and VAT rows as values: each is one value of the invoice, written as JSON, so that it has a version, is edited,
//! undone and told of like any other.

use super::{
    field::{Field, MAX_ROWS, RowNumber},
    normalise::{amount, quantity},
    reading::{DocumentKind, InvoiceLine, ReadValue, Reading, Source, VatRow},
};
use std::collections::BTreeMap;

/// How sure rows are that were read from a page: nobody measured it yet, so never sure enough for a machine to decide.
const READ_FROM_PAGE: f32 = 0.9;

/// The most characters of one cell.
const MAX_CELL: usize = 2_000;
/// Between two lines that were read, as many more may be put.
const ORDER_STEP: i64 = 1 << 20;

/// What one cell of a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    Description,
    ItemNumber,
    Quantity,
    Unit,
    UnitPrice,
    TaxCategory,
    TaxRate,
    Net,
    Base,
    Tax,
}

/// How a cell is checked, written and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    Text,
    /// Exact decimal with two decimals or more.
    Amount,
    /// Exact decimal: quantities, rates.
    Quantity,
}

impl Cell {
    pub const OF_LINE: [Cell; 8] = [
        Cell::Description,
        Cell::ItemNumber,
        Cell::Quantity,
        Cell::Unit,
        Cell::UnitPrice,
        Cell::TaxCategory,
        Cell::TaxRate,
        Cell::Net,
    ];
    pub const OF_VAT_ROW: [Cell; 4] = [Cell::TaxRate, Cell::TaxCategory, Cell::Base, Cell::Tax];

    /// The clerk's word for it.
    pub fn label(self) -> &'static str {
        match self {
            Cell::Description => "Description",
            Cell::ItemNumber => "Item number",
            Cell::Quantity => "Quantity",
            Cell::Unit => "Unit",
            Cell::UnitPrice => "Price",
            Cell::TaxCategory => "Category",
            Cell::TaxRate => "VAT %",
            Cell::Net => "Net",
            Cell::Base => "Base",
            Cell::Tax => "VAT",
        }
    }

    /// What it is called outside this program: as in the JSON of a row.
    pub fn name(self) -> &'static str {
        match self {
            Cell::Description => "description",
            Cell::ItemNumber => "item_number",
            Cell::Quantity => "quantity",
            Cell::Unit => "unit",
            Cell::UnitPrice => "unit_price",
            Cell::TaxCategory => "tax_category",
            Cell::TaxRate => "tax_rate",
            Cell::Net => "net",
            Cell::Base => "base",
            Cell::Tax => "tax",
        }
    }

    pub fn kind(self) -> CellKind {
        match self {
            Cell::Description | Cell::ItemNumber | Cell::Unit | Cell::TaxCategory => CellKind::Text,
            Cell::UnitPrice | Cell::Net | Cell::Base | Cell::Tax => CellKind::Amount,
            Cell::Quantity | Cell::TaxRate => CellKind::Quantity,
        }
    }
}

/// A line or a VAT row.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    Line(InvoiceLine),
    Vat(VatRow),
}

impl Row {
    /// An empty one for this field; None: the field is no row.
    pub fn new(field: Field) -> Option<Row> {
        match field {
            Field::Line(number) => Some(Row::Line(InvoiceLine { id: number.to_string(), ..InvoiceLine::default() })),
            Field::VatRow(_) => Some(Row::Vat(VatRow::default())),
            _ => None,
        }
    }

    /// The row that a value holds; None: it was removed, or the value is no row.
    pub fn parse(field: Field, value: &str) -> Option<Row> {
        match field {
            Field::Line(_) => serde_json::from_str(value).ok().map(Row::Line),
            Field::VatRow(_) => serde_json::from_str(value).ok().map(Row::Vat),
            _ => None,
        }
    }

    /// The value that holds it.
    pub fn value(&self) -> String {
        let text = match self {
            Row::Line(line) => serde_json::to_string(line),
            Row::Vat(row) => serde_json::to_string(row),
        };
        // Text and options of text: nothing of it can fail.
        text.unwrap_or_default()
    }

    pub fn cells(&self) -> &'static [Cell] {
        match self {
            Row::Line(_) => &Cell::OF_LINE,
            Row::Vat(_) => &Cell::OF_VAT_ROW,
        }
    }

    /// What a cell holds; empty: nothing, or the row has no such cell.
    pub fn get(&self, cell: Cell) -> &str {
        let text = match (self, cell) {
            (Row::Line(line), Cell::Description) => return &line.description,
            (Row::Line(line), Cell::ItemNumber) => &line.item_number,
            (Row::Line(line), Cell::Quantity) => &line.quantity,
            (Row::Line(line), Cell::Unit) => &line.unit,
            (Row::Line(line), Cell::UnitPrice) => &line.unit_price,
            (Row::Line(line), Cell::TaxCategory) => &line.tax_category,
            (Row::Line(line), Cell::TaxRate) => &line.tax_rate,
            (Row::Line(line), Cell::Net) => &line.net,
            (Row::Vat(row), Cell::TaxRate) => &row.rate,
            (Row::Vat(row), Cell::TaxCategory) => &row.category,
            (Row::Vat(row), Cell::Base) => &row.base,
            (Row::Vat(row), Cell::Tax) => &row.tax,
            _ => return "",
        };
        text.as_deref().unwrap_or_default()
    }

    /// Writes a cell; one that the row has not is left aside.
    pub fn set(&mut self, cell: Cell, text: String) {
        let place = match (self, cell) {
            (Row::Line(line), Cell::Description) => {
                line.description = text;
                return;
            }
            (Row::Line(line), Cell::ItemNumber) => &mut line.item_number,
            (Row::Line(line), Cell::Quantity) => &mut line.quantity,
            (Row::Line(line), Cell::Unit) => &mut line.unit,
            (Row::Line(line), Cell::UnitPrice) => &mut line.unit_price,
            (Row::Line(line), Cell::TaxCategory) => &mut line.tax_category,
            (Row::Line(line), Cell::TaxRate) => &mut line.tax_rate,
            (Row::Line(line), Cell::Net) => &mut line.net,
            (Row::Vat(row), Cell::TaxRate) => &mut row.rate,
            (Row::Vat(row), Cell::TaxCategory) => &mut row.category,
            (Row::Vat(row), Cell::Base) => &mut row.base,
            (Row::Vat(row), Cell::Tax) => &mut row.tax,
            _ => return,
        };
        *place = (!text.is_empty()).then_some(text);
    }

    /// A subtotal or mere information: no part of a sum.
    pub fn is_informative(&self) -> bool {
        matches!(self, Row::Line(line) if line.informative)
    }

    /// Whether no cell holds anything.
    pub fn is_blank(&self) -> bool {
        self.cells().iter().all(|cell| self.get(*cell).is_empty())
    }

    /// Cells in which two rows differ.
    pub fn differences(&self, other: &Row) -> Vec<Cell> {
        self.cells().iter().copied().filter(|cell| self.get(*cell) != other.get(*cell)).collect()
    }
}

/// Where a line stands among the others: what to sort by.
pub fn order(number: RowNumber, line: &InvoiceLine) -> (i64, RowNumber) {
    (line.order.unwrap_or(i64::from(number) * ORDER_STEP), number)
}

/// An order between a line and the one behind it (None: it is the last).
pub fn order_after(line: (RowNumber, &InvoiceLine), next: Option<(RowNumber, &InvoiceLine)>) -> i64 {
    let here = order(line.0, line.1).0;
    let there = next.map_or(here.saturating_add(2 * ORDER_STEP), |(number, line)| order(number, line).0);
    here.saturating_add(there.saturating_sub(here) / 2)
}

/// The lines among an invoice's values, in their order. Those that were removed are not there.
pub fn lines<'a>(values: impl Iterator<Item = (Field, &'a str)>) -> Vec<(RowNumber, InvoiceLine)> {
    let parse = |(field, value): (Field, &str)| match (field, Row::parse(field, value)?) {
        (Field::Line(number), Row::Line(line)) => Some((number, line)),
        _ => None,
    };
    let mut lines: Vec<_> = values.filter_map(parse).collect();
    lines.sort_by_key(|(number, line)| order(*number, line));
    lines
}

/// The VAT rows among an invoice's values.
pub fn vat_rows<'a>(values: impl Iterator<Item = (Field, &'a str)>) -> Vec<(RowNumber, VatRow)> {
    let parse = |(field, value): (Field, &str)| match (field, Row::parse(field, value)?) {
        (Field::VatRow(number), Row::Vat(row)) => Some((number, row)),
        _ => None,
    };
    values.filter_map(parse).collect::<BTreeMap<_, _>>().into_iter().collect()
}

/// The rows that were read, as values. Those beyond [`MAX_ROWS`] are left out.
pub fn of_reading(reading: &Reading) -> BTreeMap<Field, ReadValue> {
    let lines =
        (1..=MAX_ROWS).zip(&reading.lines).map(|(number, line)| (Field::Line(number), read_line(reading, line)));
    let vat_rows = (1..=MAX_ROWS)
        .zip(&reading.vat_rows)
        .map(|(number, row)| (Field::VatRow(number), read(reading, Row::Vat(row.clone()).value())));
    lines.chain(vat_rows).collect()
}

/// A row that was there when the document was read before.
pub fn removed(reading: &Reading) -> ReadValue {
    read(reading, String::new())
}

/// Where it stands and who gave it is told beside the value, and is no part of it.
fn read_line(reading: &Reading, line: &InvoiceLine) -> ReadValue {
    let plain = InvoiceLine { place: None, from_model: None, ..line.clone() };
    let read = ReadValue { place: line.place, ..read(reading, Row::Line(plain).value()) };
    match line.from_model {
        Some(confidence) => ReadValue { confidence, source: Source::Model, ..read },
        None => read,
    }
}

fn read(reading: &Reading, value: String) -> ReadValue {
    let (source, confidence) = match reading.kind {
        DocumentKind::Ubl | DocumentKind::Cii | DocumentKind::FacturxPdf => (Source::Xml, 1.0),
        DocumentKind::TextPdf => (Source::Text, READ_FROM_PAGE),
        DocumentKind::ScanImage => (Source::Ocr, READ_FROM_PAGE),
    };
    ReadValue { value, raw: None, confidence, place: None, source }
}

/// A row's value in the form we keep, or what is wrong with it, in the clerk's words.
pub fn normalise_row(field: Field, value: &str) -> Result<String, String> {
    let mut row = Row::parse(field, value).ok_or("This is not a row of the invoice")?;
    for cell in row.cells() {
        let text = row.get(*cell).trim().to_owned();
        let kept = if text.is_empty() { String::new() } else { normalise_cell(*cell, &text)? };
        row.set(*cell, kept);
    }
    if let Row::Line(line) = &mut row {
        line.id = line.id.chars().filter(|sign| !sign.is_control()).take(100).collect();
        line.place = None;
        line.from_model = None;
        // No cell of the form, so nobody typed it.
        line.allowances = line.allowances.take().and_then(|text| amount(&text).ok());
    }
    Ok(row.value())
}

fn normalise_cell(cell: Cell, text: &str) -> Result<String, String> {
    let named = |message: String| [cell.label(), ": ", &message].concat();
    if text.chars().count() > MAX_CELL {
        return Err(named(["at most ", &MAX_CELL.to_string(), " characters"].concat()));
    }
    match cell.kind() {
        CellKind::Text if text.chars().any(|sign| sign.is_control() && sign != '\n' && sign != '\t') => {
            Err(named("this text holds signs that can not be shown".to_owned()))
        }
        // A name, and what describes it beneath.
        CellKind::Text if cell == Cell::Description => {
            Ok(text.lines().map(in_one_line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"))
        }
        CellKind::Text => Ok(in_one_line(text)),
        CellKind::Amount => amount(text).map_err(named),
        CellKind::Quantity => quantity(text).map_err(named),
    }
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Two changes of one row that met: both, where they changed different cells; None where one cell was changed to
/// different things, or one of them removed the row.
pub fn merge(field: Field, base: &str, mine: &str, theirs: &str) -> Option<String> {
    let [base, mine, mut both] = [base, mine, theirs].map(|value| Row::parse(field, value));
    let (base, mine, both) = (base?, mine?, both.as_mut()?);
    for cell in base.cells().iter().copied().filter(|cell| base.get(*cell) != mine.get(*cell)) {
        let changed_there = base.get(cell) != both.get(cell);
        if changed_there && both.get(cell) != mine.get(cell) {
            return None;
        }
        both.set(cell, mine.get(cell).to_owned());
    }
    Some(both.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Field = Field::Line(3);

    fn line(cells: &[(Cell, &str)]) -> String {
        let mut row = Row::new(LINE).unwrap();
        cells.iter().for_each(|(cell, text)| row.set(*cell, (*text).to_owned()));
        row.value()
    }

    #[test]
    fn every_cell_is_kept_and_read_back() {
        for field in [LINE, Field::VatRow(1)] {
            let mut row = Row::new(field).unwrap();
            assert!(row.is_blank());
            for (at, cell) in row.cells().iter().enumerate() {
                row.set(*cell, at.to_string());
            }
            let again = Row::parse(field, &row.value()).unwrap();
            for (at, cell) in again.cells().iter().enumerate() {
                assert_eq!(again.get(*cell), at.to_string());
            }
            assert_eq!(row.differences(&Row::new(field).unwrap()).len(), row.cells().len());
        }
        assert_eq!(Row::parse(Field::Note, "{}"), None);
        assert_eq!(Row::parse(LINE, ""), None, "it was removed");
    }

    #[test]
    fn cells_are_brought_into_the_form_we_keep() {
        let typed = line(&[
            (Cell::Description, " M4  screws "),
            (Cell::Quantity, "2,50"),
            (Cell::Net, "1.190,00"),
            (Cell::TaxRate, "19.0"),
        ]);
        let kept = normalise_row(LINE, &typed).unwrap();
        let row = Row::parse(LINE, &kept).unwrap();
        let cells = [Cell::Description, Cell::Quantity, Cell::Net, Cell::TaxRate].map(|cell| row.get(cell));
        assert_eq!(cells, ["M4 screws", "2.5", "1190.00", "19"]);
        assert_eq!(normalise_row(LINE, &kept).as_deref(), Ok(kept.as_str()), "and stay in it");
    }

    #[test]
    fn three_decimals_are_no_thousands() {
        let sent = line(&[
            (Cell::Description, "Gas"),
            (Cell::Quantity, "0.125"),
            (Cell::UnitPrice, "1.375"),
            (Cell::Net, "119.125"),
        ]);
        assert_eq!(normalise_row(LINE, &sent).as_deref(), Ok(sent.as_str()));
    }

    #[test]
    fn a_description_keeps_its_lines() {
        let typed = line(&[
            (Cell::Description, " Screw  M4 \n\n Hardened,\tzinc "),
            (Cell::ItemNumber, "A\n1"),
            (Cell::Quantity, "2"),
        ]);
        let kept = Row::parse(LINE, &normalise_row(LINE, &typed).unwrap()).unwrap();
        assert_eq!(kept.get(Cell::Description), "Screw M4\nHardened, zinc");
        assert_eq!(kept.get(Cell::ItemNumber), "A 1");
    }

    #[test]
    fn what_is_no_number_is_named() {
        let message = normalise_row(LINE, &line(&[(Cell::UnitPrice, "ten")])).unwrap_err();
        assert!(message.starts_with("Price: "), "{message}");
        for value in ["[]", "1", "{\"quantity\":1}", "{\"lines\":[]}", "x"] {
            assert!(normalise_row(LINE, value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_line_of_a_model_says_so_beside_its_value() {
        let line = InvoiceLine { net: Some("10.00".to_owned()), ..InvoiceLine::default() };
        let given = InvoiceLine { from_model: Some(0.5), ..line.clone() };
        let mut reading = Reading::empty(DocumentKind::TextPdf);
        reading.lines = vec![line.clone(), given];
        // As it comes back from a child, and from where it is kept.
        let reading: Reading = serde_json::from_str(&serde_json::to_string(&reading).unwrap()).unwrap();
        let rows = of_reading(&reading);
        let [ours, given] = [1, 2].map(|number| &rows[&Field::Line(number)]);
        assert_eq!((ours.source, ours.confidence), (Source::Text, READ_FROM_PAGE));
        assert_eq!((given.source, given.confidence), (Source::Model, 0.5));
        assert_eq!(ours.value, given.value);
        assert!(!ours.value.contains("from_model"), "lines that were kept before stay as they are");
        let typed = "{\"id\":\"1\",\"net\":\"10.00\",\"from_model\":1}";
        assert!(!normalise_row(LINE, typed).unwrap().contains("from_model"), "nobody types it");
    }

    #[test]
    fn changes_of_different_cells_are_merged() {
        let base = line(&[(Cell::Quantity, "2"), (Cell::Net, "10.00")]);
        let mine = line(&[(Cell::Quantity, "3"), (Cell::Net, "10.00")]);
        let theirs = line(&[(Cell::Quantity, "2"), (Cell::Net, "15.00")]);
        let both = line(&[(Cell::Quantity, "3"), (Cell::Net, "15.00")]);
        assert_eq!(merge(LINE, &base, &mine, &theirs).as_deref(), Some(both.as_str()));
        assert_eq!(merge(LINE, &base, &mine, &mine).as_deref(), Some(mine.as_str()), "both typed the same");
        let other = line(&[(Cell::Quantity, "4"), (Cell::Net, "10.00")]);
        assert_eq!(merge(LINE, &base, &mine, &other), None, "a person has to choose");
        assert_eq!(merge(LINE, &base, &mine, ""), None, "they removed it");
    }

    #[test]
    fn a_line_is_put_between_two_others() {
        let plain = InvoiceLine::default();
        let between =
            InvoiceLine { order: Some(order_after((2, &plain), Some((3, &plain)))), ..InvoiceLine::default() };
        let last = InvoiceLine { order: Some(order_after((3, &plain), None)), ..InvoiceLine::default() };
        let values = [(1, &plain), (2, &plain), (3, &plain), (4, &last), (5, &between)]
            .map(|(number, line)| (Field::Line(number), Row::Line(line.clone()).value()));
        let found = lines(values.iter().map(|(field, value)| (*field, value.as_str())));
        assert_eq!(found.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 5, 3, 4]);
    }
}
